import { describe, expect, test } from "vitest";
import type { ErrorCode } from "#/lib/contract/problem.ts";
import { ReplayRequest } from "#/lib/contract/replay.ts";
import type { ReplayFacts } from "#/lib/replay/facts.ts";
import { assertNoBlock, evaluateGuards } from "#/lib/replay/guards.ts";
import { planReplay } from "#/lib/replay/plan.ts";
import { gpt, haiku, hashOf, httpNode, modelNode, policies, replayFacts, span, version } from "./replay-facts.ts";

const prompt = { artifactId: "prompt_a", contentHash: hashOf("2") };
const promptMode: ReplayRequest = { mode: "prompt", prompt };
const modelMode: ReplayRequest = { mode: "model", model: { id: "gpt-5.4", ref: gpt } };
const found = { artifactKnown: true, revision: "found" } as const;

function verdicts(facts: ReplayFacts, request: ReplayRequest) {
  return evaluateGuards(facts, planReplay(facts, request), request);
}
const blocks = async (facts: ReplayFacts, request: ReplayRequest = {}) =>
  (await verdicts(facts, request)).filter((verdict) => verdict.level === "block");

const twoRenamed = {
  sourceVersion: version(1, [httpNode("old_a"), httpNode("old_b"), modelNode("classify")]),
  targetVersion: version(2, [httpNode("new_a"), modelNode("classify")]),
  spans: [span("old_a"), span("old_b"), span("classify")],
};

const innerGone = {
  path: "host/inner",
  hostId: "host",
  workflow: "child",
  code: "source_version_unavailable",
  version: 2,
} as const;
const innerPaused = {
  path: "host",
  hostId: "host",
  workflow: "child",
  code: "workflow_paused",
  reason: "wrong refunds",
} as const;
const needsZz = { type: "object", required: ["zz"] };
const payloadMessage = /^The payload does not fit the workflow's input: \S*payload\S*: /;

type Case = {
  code: ErrorCode;
  what: string;
  facts: ReplayFacts;
  request?: ReplayRequest;
  message: string | RegExp;
  details?: Record<string, unknown>;
};

/** One case for each way in which a code comes about; messages are the product's, letter for letter. */
const cases: Case[] = [
  ...(["pending", "running", "waiting", "paused"] as const).map((status) => ({
    code: "run_in_flight" as const,
    what: `a ${status} run`,
    facts: replayFacts({ source: { status } }),
    message: "Cannot replay an in-flight run",
    details: { status },
  })),
  {
    code: "replay_depth_exceeded",
    what: "the sixth level",
    facts: replayFacts({ source: { depth: 5 } }),
    message: "Replay chain exceeded depth limit",
    details: { depth: 6, limit: 5 },
  },
  {
    code: "source_version_unavailable",
    what: "a deleted source version",
    facts: replayFacts({ sourceVersion: null }),
    message: "This run cannot be replayed because its source workflow version is no longer available.",
    details: { version: 1 },
  },
  {
    code: "source_version_unavailable",
    what: "no version to run",
    facts: replayFacts({ targetVersion: null }),
    message: "This run cannot be replayed because its source workflow version is no longer available.",
  },
  {
    code: "workflow_paused",
    what: "a paused workflow",
    facts: replayFacts({ workflow: { pausedAt: new Date(), pausedReason: "wrong refunds" } }),
    message: "This workflow is paused for safety reasons. Unpause it before replaying.",
    details: { reason: "wrong refunds" },
  },
  {
    code: "nodes_unmapped",
    what: "renamed nodes without a mapping",
    facts: replayFacts(twoRenamed),
    message: "2 renamed node(s) need mapping before this cross-version replay can run.",
    details: { nodes: ["old_a", "old_b"] },
  },
  {
    code: "nodes_unmapped",
    what: "a mapping that leaves one out",
    facts: replayFacts(twoRenamed),
    request: { nodeMapping: { old_a: "new_a" } },
    message: "1 renamed node(s) need mapping before this cross-version replay can run.",
    details: { nodes: ["old_b"] },
  },
  {
    code: "mapping_invalid",
    what: "a mapping from a node that the source version does not have",
    facts: replayFacts(twoRenamed),
    request: { nodeMapping: { old_a: "new_a", old_b: null, ghost: null } },
    message: "The node mapping cannot be used: body.nodeMapping.ghost is not a node of the source version",
    details: { errors: [{ path: "body.nodeMapping.ghost", message: "is not a node of the source version" }] },
  },
  {
    code: "mapping_invalid",
    what: "a mapping to a node that the target version does not have",
    facts: replayFacts(twoRenamed),
    request: { nodeMapping: { old_a: "ghost", old_b: null } },
    message: "The node mapping cannot be used: body.nodeMapping.old_a ghost is not a node of the target version",
  },
  {
    code: "from_node_invalid",
    what: "a node that the version does not have",
    facts: replayFacts(),
    request: { fromNodeId: "ghost" },
    message: "ghost is not a node of version 1.",
    details: { errors: [{ path: "body.fromNodeId", message: "is not a node of version 1" }] },
  },
  {
    code: "from_node_invalid",
    what: "a node inside of a map",
    facts: replayFacts({
      sourceVersion: version(1, [{ id: "each", type: "map", over: [], as: "x", nodes: [httpNode("inner")] }]),
    }),
    request: { fromNodeId: "inner" },
    message: "inner is inside the map each: name the item as well, for example each[0].inner.",
  },
  {
    code: "source_version_unavailable",
    what: "a workflow inside whose version was deleted",
    facts: replayFacts({ innerRefusals: [innerGone] }),
    message: "This run cannot be replayed because its source workflow version is no longer available.",
    details: { steps: [{ path: "host/inner", workflow: "child", version: 2 }] },
  },
  {
    code: "workflow_paused",
    what: "a workflow inside that is paused",
    facts: replayFacts({ innerRefusals: [innerPaused] }),
    message: "This workflow is paused for safety reasons. Unpause it before replaying.",
    details: { steps: [{ path: "host", workflow: "child", reason: "wrong refunds" }] },
  },
  {
    code: "payload_invalid",
    what: "a payload of the request",
    facts: replayFacts({ sourceVersion: version(1, [], { input: needsZz }) }),
    request: { payload: {} },
    message: payloadMessage,
  },
  {
    code: "payload_invalid",
    what: "the original payload on a version that asks for more",
    facts: replayFacts({ sourceVersion: version(1, []), targetVersion: version(2, [], { input: needsZz }) }),
    message: payloadMessage,
  },
  {
    code: "prompt_not_found",
    what: "an unknown artifact that the source was replayed with",
    facts: replayFacts({
      sourceChanges: { prompt, model: null, nodeIds: null },
      prompt: { artifactKnown: false, revision: "unknown" },
    }),
    message: "There is no prompt artifact prompt_a in this workspace.",
  },
  {
    code: "model_not_available",
    what: "a model that the source was replayed with, and that is no longer allowed",
    facts: replayFacts({
      sourceChanges: { prompt: null, model: { ref: gpt }, nodeIds: null },
      policies: policies({ workspace: { allowedModels: [haiku] } }),
    }),
    message: "This model is not available for this workspace. Pick an allowed model, or update the workspace policy.",
  },
  {
    code: "prompt_not_found",
    what: "an unknown artifact",
    facts: replayFacts({ prompt: { artifactKnown: false, revision: "unknown" } }),
    request: promptMode,
    message: "There is no prompt artifact prompt_a in this workspace.",
    details: { artifactId: "prompt_a" },
  },
  {
    code: "prompt_hash_mismatch",
    what: "a hash that no revision has",
    facts: replayFacts({ prompt: { artifactKnown: true, revision: "unknown" } }),
    request: promptMode,
    message: "No revision of this prompt artifact has this content hash.",
  },
  {
    code: "prompt_hash_mismatch",
    what: "a text that no longer hashes to it",
    facts: replayFacts({ prompt: { artifactKnown: true, revision: "altered" } }),
    request: promptMode,
    message: "The stored prompt text no longer matches its content hash.",
    details: { integrity: "failed" },
  },
  ...["test", "sha256:abc", hashOf("A"), hashOf("2").slice(7), `${hashOf("2")}0`].map((contentHash) => ({
    code: "prompt_hash_mismatch" as const,
    what: `a malformed hash (${contentHash.slice(0, 20)})`,
    facts: replayFacts({ prompt: { artifactKnown: true, revision: "unknown" } }),
    request: { mode: "prompt", prompt: { ...prompt, contentHash } } satisfies ReplayRequest as ReplayRequest,
    message: "The content hash must be sha256: and 64 lowercase hexadecimal digits.",
  })),
  {
    code: "model_ref_mismatch",
    what: "an id and a ref of two models",
    facts: replayFacts(),
    request: { mode: "model", model: { id: "claude-opus-4-7", ref: gpt } },
    message: "The model id and the model ref do not name the same model.",
    details: { id: "claude-opus-4-7", ref: gpt },
  },
  {
    code: "model_not_available",
    what: "a model that the catalogue does not have",
    facts: replayFacts(),
    request: { mode: "model", model: { id: "gpt-0", ref: "openai:gpt-0" } },
    message: "This model is not available for this workspace. Pick an allowed model, or update the workspace policy.",
  },
  {
    code: "model_not_available",
    what: "a retired model, also as-is",
    facts: replayFacts({
      catalogue: [{ ref: haiku, id: "claude-haiku-4-5", provider: "anthropic", name: "", retired: true }],
    }),
    message: "This model is not available for this workspace. Pick an allowed model, or update the workspace policy.",
    details: { models: [{ nodeId: "classify", ref: haiku, because: "It is retired." }] },
  },
  ...(["account", "workspace"] as const).map((level) => ({
    code: "model_not_available" as const,
    what: `a model outside the ${level}'s list, also in prompt mode`,
    facts: replayFacts({ prompt: found, policies: policies({ [level]: { allowedModels: [gpt] } }) }),
    request: promptMode,
    message: "This model is not available for this workspace. Pick an allowed model, or update the workspace policy.",
  })),
  ...(["account", "workspace"] as const).map((level) => ({
    code: "provider_blocked" as const,
    what: `a provider outside the ${level}'s list, also as-is`,
    facts: replayFacts({ policies: policies({ [level]: { allowedProviders: [] } }) }),
    message:
      "This model provider is blocked by the workspace policy. Pick a model from an allowed provider, or update the policy.",
  })),
  {
    code: "override_has_no_target",
    what: "a prompt that no node uses",
    facts: replayFacts({ prompt: found }),
    request: { mode: "prompt", prompt: { ...prompt, artifactId: "prompt_b" } },
    message: "No node of the run uses that prompt artifact.",
  },
  {
    code: "override_has_no_target",
    what: "a model for a run that calls none",
    facts: replayFacts({ sourceVersion: version(1, [httpNode("lookup")]) }),
    request: modelMode,
    message: "No node of the run calls a model.",
  },
  {
    code: "override_has_no_target",
    what: "a named node that calls no model",
    facts: replayFacts({ sourceVersion: version(1, [httpNode("lookup"), modelNode("classify")]) }),
    request: { ...modelMode, nodeIds: ["classify", "lookup"] },
    message: "lookup: no such node calls a model.",
    details: { nodeIds: ["lookup"] },
  },
  {
    code: "replay_quota_exceeded",
    what: "the twenty-first replay of a minute",
    facts: replayFacts({ quota: { used: 20, resetMs: 59_000, retryAfterMs: 1200 } }),
    message: "Replay quota exceeded",
    details: { limit: 20, remaining: 0, retryAfterMs: 1200, resetMs: 59_000 },
  },
];

describe("the guards of a replay", () => {
  test.each(cases)("$code: $what", async ({ code, facts, request, message, details }) => {
    const [only, ...more] = await blocks(facts, request);
    expect(more).toEqual([]);
    const text = message instanceof RegExp ? expect.stringMatching(message) : message;
    expect(only).toMatchObject({ code, message: text, details: details ?? {} });
    const all = await verdicts(facts, request ?? {});
    expect(() => assertNoBlock(all)).toThrow(message);
  });

  test.each<[string, ReplayFacts, ReplayRequest]>([
    ["as-is", replayFacts(), {}],
    ["the last of the quota", replayFacts({ quota: { used: 19, resetMs: 1, retryAfterMs: 0 } }), {}],
    ["the fifth level", replayFacts({ source: { depth: 4 } }), {}],
    ["a failed run", replayFacts({ source: { status: "failed" } }), {}],
    ["a cancelled run", replayFacts({ source: { status: "cancelled" } }), {}],
    ["prompt mode", replayFacts({ prompt: found }), promptMode],
    ["model mode", replayFacts(), modelMode],
    [
      "model mode away from a model that is not allowed any more",
      replayFacts({ policies: policies({ workspace: { allowedModels: [gpt] } }) }),
      modelMode,
    ],
    ["cross-version with a full mapping", replayFacts(twoRenamed), { nodeMapping: { old_a: "new_a", old_b: null } }],
    [
      "a provider blocked that only reused nodes would call",
      replayFacts({
        sourceVersion: version(1, [modelNode("classify"), modelNode("reply", { model: gpt, needs: ["classify"] })]),
        spans: [span("classify"), span("reply")],
        policies: policies({ workspace: { allowedProviders: ["openai"] } }),
      }),
      { fromNodeId: "reply" },
    ],
    [
      "a workflow inside that cannot run, where its step is reused",
      replayFacts({
        sourceVersion: version(1, [
          { id: "host", type: "workflow", workflow: "child" },
          modelNode("reply", { needs: ["host"] }),
        ]),
        spans: [span("host"), span("reply")],
        innerRefusals: [innerGone, innerPaused],
      }),
      { fromNodeId: "reply" },
    ],
    ["the original payload on its own version", replayFacts({ sourceVersion: version(1, [], { input: needsZz }) }), {}],
  ])("nothing speaks against %s", async (_what, facts, request) => {
    expect(await blocks(facts, request)).toEqual([]);
    const all = await verdicts(facts, request);
    expect(() => assertNoBlock(all)).not.toThrow();
  });

  test("report in the order of the API contract when everything speaks against it", async () => {
    const facts = replayFacts({
      source: { status: "running", depth: 5 },
      sourceVersion: version(1, [httpNode("old_a"), modelNode("classify"), modelNode("reply", { model: gpt })]),
      targetVersion: version(2, [modelNode("classify"), modelNode("reply", { model: "nobody:gone" })]),
      spans: [span("old_a")],
      workflow: { pausedAt: new Date() },
      prompt: { artifactKnown: true, revision: "unknown" },
      policies: policies({ workspace: { allowedProviders: [] } }),
      quota: { used: 20, resetMs: 1, retryAfterMs: 1 },
    });
    const both: ReplayRequest = { ...promptMode, model: { id: "x", ref: "y:z" }, nodeIds: ["old_a"] };
    expect((await blocks(facts, both)).map((verdict) => verdict.code)).toEqual([
      "run_in_flight",
      "replay_depth_exceeded",
      "workflow_paused",
      "nodes_unmapped",
      "prompt_hash_mismatch",
      "model_ref_mismatch",
      "provider_blocked",
      "model_not_available",
      "override_has_no_target",
      "replay_quota_exceeded",
    ]);
    expect((await verdicts(facts, both)).map((verdict) => verdict.code)).toEqual([
      "run_in_flight",
      "replay_depth_exceeded",
      "source_version_unavailable",
      "workflow_paused",
      "nodes_unmapped",
      "prompt_not_found",
      "prompt_hash_mismatch",
      "model_ref_mismatch",
      "provider_blocked",
      "model_not_available",
      "override_has_no_target",
      "payload_invalid",
      "replay_quota_exceeded",
    ]);
  });

  test("what a request names wrongly is reported behind what keeps any replay of the run away", async () => {
    const facts = replayFacts({
      ...twoRenamed,
      source: { status: "running" },
      targetVersion: version(2, [modelNode("classify")], { input: needsZz }),
      innerRefusals: [innerPaused, innerGone],
      quota: { used: 20, resetMs: 1, retryAfterMs: 1 },
    });
    const request: ReplayRequest = { ...modelMode, nodeIds: ["x"], nodeMapping: { ghost: null }, fromNodeId: "ghost" };
    expect((await blocks(facts, request)).map(({ code }) => code)).toEqual([
      "run_in_flight",
      "source_version_unavailable",
      "workflow_paused",
      "mapping_invalid",
      "nodes_unmapped",
      "from_node_invalid",
      "override_has_no_target",
      "payload_invalid",
      "replay_quota_exceeded",
    ]);
  });

  test("a field at fault is the error's own", async () => {
    const verdict = await verdicts(replayFacts(), { fromNodeId: "ghost" });
    const fields = [{ path: "body.fromNodeId", message: "is not a node of version 1" }];
    expect(() => assertNoBlock(verdict)).toThrow(expect.objectContaining({ fields, details: undefined }));
  });

  test("a model that is asked for is judged even where no node calls one, before the missing target", async () => {
    const facts = replayFacts({ sourceVersion: version(1, [httpNode("lookup")]) });
    const request: ReplayRequest = { mode: "model", model: { id: "gpt-0", ref: "openai:gpt-0" } };
    expect(await blocks(facts, request)).toMatchObject([
      { code: "model_not_available", details: { models: [{ nodeId: null, ref: "openai:gpt-0" }] } },
      { code: "override_has_no_target" },
    ]);
  });

  test("a passed guard says what it found, and carries no details", async () => {
    for (const verdict of await verdicts(replayFacts({ prompt: found }), promptMode)) {
      expect(verdict.level).toBe("pass");
      expect(verdict.message).not.toBe("");
      expect(verdict.details).toEqual({});
    }
  });
});

describe("a replay request", () => {
  test.each<[string, unknown, string]>([
    ["prompt mode without its fields", { mode: "prompt" }, "prompt"],
    ["model mode without its fields", { mode: "model" }, "model"],
    ["half a prompt", { mode: "prompt", prompt: { artifactId: "prompt_a" } }, "prompt.contentHash"],
    ["half a model", { mode: "model", model: { ref: gpt } }, "model.id"],
    ["empty fields", { mode: "model", model: { id: "", ref: gpt } }, "model.id"],
    ["a prompt outside prompt mode", { prompt }, "prompt"],
    ["a model in prompt mode", { mode: "prompt", prompt, model: { id: "x", ref: "y:x" } }, "model"],
    ["named nodes as-is", { nodeIds: ["a"] }, "nodeIds"],
    ["no named nodes at all", { mode: "model", model: { id: "x", ref: "y:x" }, nodeIds: [] }, "nodeIds"],
    ["an unknown mode", { mode: "playback" }, "mode"],
    ["an unknown field", { depth: 0 }, ""],
    ["version 0", { targetVersion: 0 }, "targetVersion"],
    ["a mapping to a number", { nodeMapping: { a: 1 } }, "nodeMapping"],
    ["a negative budget", { maxCostMicros: -1 }, "maxCostMicros"],
  ])("is refused with %s", (_what, body, path) => {
    const result = ReplayRequest.safeParse(body);
    expect(result.success).toBe(false);
    expect(result.error?.issues.map((issue) => issue.path.join("."))).toContain(path);
  });

  test("may be empty: that is an as-is replay", () => {
    expect(ReplayRequest.parse({})).toEqual({});
    expect(planReplay(replayFacts(), {}).mode).toBe("as_is");
  });
});
