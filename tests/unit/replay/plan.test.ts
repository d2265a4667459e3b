import { describe, expect, test } from "vitest";
import type { ReplayRequest } from "#/lib/contract/replay.ts";
import { planReplay } from "#/lib/replay/plan.ts";
import type { WorkflowDefinition } from "#/lib/workflows/definition.ts";
import {
  gpt,
  haiku,
  hashOf,
  httpNode,
  modelNode,
  recordsOf,
  opus,
  policies,
  replayFacts,
  span,
  transformNode,
  version,
} from "./replay-facts.ts";

/** classify → lookup → decide → { notify, log }, where log depends on nothing else. */
const flow = [
  modelNode("classify"),
  httpNode("lookup", "GET", { needs: ["classify"] }),
  modelNode("decide", { type: "agent", model: opus, needs: ["lookup"], tools: [], maxTurns: 3 }),
  httpNode("notify", "POST", { needs: ["decide"] }),
  httpNode("log", "POST", { needs: ["classify"] }),
];
const flowSpans = () => ["classify", "lookup", "decide", "notify", "log"].map((id) => span(id));
const flowFacts = (change = {}) => replayFacts({ sourceVersion: version(1, flow), spans: flowSpans(), ...change });
const actions = (plan: ReturnType<typeof planReplay>) => plan.nodes.map((node) => `${node.id} ${node.action}`);

describe("the plan of a replay", () => {
  test("as-is executes everything with the payload, models, prompts and environment of the source", () => {
    const plan = planReplay(flowFacts({ source: { environment: "staging" } }), {});
    expect(plan).toMatchObject({
      mode: "as_is",
      targetVersion: 1,
      payload: { n: 1 },
      environment: "staging",
      fromNodeId: null,
      mapping: null,
      renamed: [],
      unmapped: [],
      overrideTargets: [],
    });
    expect(plan.nodes.every((node) => node.action === "execute")).toBe(true);
    expect(plan.models).toEqual([
      { nodeId: "classify", ref: haiku },
      { nodeId: "decide", ref: opus },
    ]);
    expect(plan.prompts.map((prompt) => prompt.contentHash)).toEqual([hashOf("1"), hashOf("1")]);
  });

  test.each([[null], [0], [""], [[]], [{ n: 2 }]])("another payload counts even when it is %j", (payload) => {
    expect(planReplay(flowFacts(), { payload }).payload).toEqual(payload);
  });

  test.each<[string, ReplayRequest, string[], string[]]>([
    ["prompt mode changes every node that uses the artifact", {}, ["classify", "decide"], []],
    ["narrowed to one", { nodeIds: ["decide"] }, ["decide"], []],
    ["narrowed to one and a node that does not use it", { nodeIds: ["decide", "log"] }, ["decide"], ["log"]],
    ["narrowed to nodes that do not exist", { nodeIds: ["ghost"] }, [], ["ghost"]],
  ])("%s", (_what, narrowing, targets, misses) => {
    const prompt = { artifactId: "prompt_a", contentHash: hashOf("2") };
    const plan = planReplay(flowFacts(), { mode: "prompt", prompt, ...narrowing });
    expect(plan.overrideTargets).toEqual(targets);
    expect(plan.overrideMisses).toEqual(misses);
    const changed = plan.prompts.filter((pin) => pin.contentHash === hashOf("2")).map((pin) => pin.nodeId);
    expect(changed).toEqual(targets);
    expect(plan.models.map((model) => model.ref)).toEqual([haiku, opus]);
  });

  test.each<[string, ReplayRequest, string[]]>([
    ["model mode changes every node that calls a model", {}, [gpt, gpt]],
    ["narrowed to one", { nodeIds: ["classify"] }, [gpt, opus]],
  ])("%s", (_what, narrowing, refs) => {
    const plan = planReplay(flowFacts(), { mode: "model", model: { id: "gpt-5.4", ref: gpt }, ...narrowing });
    expect(plan.models.map((model) => model.ref)).toEqual(refs);
    expect(plan.prompts.every((prompt) => prompt.contentHash === hashOf("1"))).toBe(true);
  });

  test("a node whose prompt stands in the definition is no target of prompt mode", () => {
    const facts = replayFacts({ sourceVersion: version(1, [modelNode("inline", { prompt: { text: "Hello" } })]) });
    const prompt = { artifactId: "prompt_a", contentHash: hashOf("2") };
    expect(planReplay(facts, { mode: "prompt", prompt })).toMatchObject({ overrideTargets: [], prompts: [] });
  });
});

describe("from a step on", () => {
  test.each<[string, string, string[]]>([
    ["the first step", "classify", []],
    ["a step in the middle: what does not depend on it is kept too", "decide", ["classify", "lookup", "log"]],
    ["the last step of a branch", "notify", ["classify", "lookup", "decide", "log"]],
    ["another branch", "log", ["classify", "lookup", "decide", "notify"]],
  ])("%s", (_what, fromNodeId, reused) => {
    const plan = planReplay(flowFacts(), { fromNodeId });
    expect(plan.nodes.filter((node) => node.action === "reuse").map((node) => node.id)).toEqual(reused);
    expect(plan.models.map((model) => model.nodeId)).not.toContain(reused[0]);
  });

  test.each<[string, "failed" | "cancelled" | "running" | "skipped", string[]]>([
    ["what failed is executed again, and what needed it", "failed", ["classify", "log"]],
    ["what was cancelled too", "cancelled", ["classify", "log"]],
    ["what was skipped stays skipped", "skipped", ["classify", "lookup", "decide", "log"]],
  ])("%s", (_what, status, reused) => {
    const spans = [span("classify"), span("lookup", { status }), span("decide"), span("log")];
    const plan = planReplay(flowFacts({ spans }), { fromNodeId: "notify" });
    expect(plan.nodes.filter((node) => node.action === "reuse").map((node) => node.id)).toEqual(reused);
  });

  test("a node that the source never reached is executed", () => {
    const plan = planReplay(flowFacts({ spans: [span("classify")] }), { fromNodeId: "notify" });
    expect(actions(plan)).toEqual([
      "classify reuse",
      "lookup execute",
      "decide execute",
      "notify execute",
      "log execute",
    ]);
  });

  test("through a mapping the renamed node is kept under its new id, a gone one is not", () => {
    const sourceVersion = version(1, [
      transformNode("old"),
      transformNode("gone"),
      transformNode("end", { needs: ["old"] }),
    ]);
    const targetVersion = version(2, [
      transformNode("new"),
      transformNode("extra"),
      transformNode("end", { needs: ["new"] }),
    ]);
    const spans = [span("old"), span("gone"), span("end")];
    const plan = planReplay(replayFacts({ sourceVersion, targetVersion, spans }), {
      fromNodeId: "end",
      nodeMapping: { old: "new", gone: null },
    });
    expect(actions(plan)).toEqual(["new reuse", "extra execute", "end execute"]);
  });

  test("a map that is kept comes with the nodes inside of it, however deep", () => {
    const inner = { id: "inner", type: "map", over: [], as: "y", nodes: [modelNode("score")] };
    const outer = { id: "outer", type: "map", over: [], as: "x", nodes: [inner, httpNode("pay", "POST")] };
    const facts = replayFacts({
      sourceVersion: version(1, [outer, transformNode("end", { needs: ["outer"] })]),
      spans: [span("outer"), span("end")],
    });
    const plan = planReplay(facts, { fromNodeId: "end" });
    expect(actions(plan)).toEqual(["outer reuse", "inner reuse", "score reuse", "pay reuse", "end execute"]);
    expect(plan).toMatchObject({ models: [], prompts: [], calls: [] });
    const again = planReplay(facts, { fromNodeId: "outer" });
    expect(again.models.map((model) => model.nodeId)).toEqual(["score"]);
    expect(again.calls.map((call) => call.nodeId)).toEqual(["pay"]);
  });

  test("a step that the version does not have, or inside of a map, keeps nothing: the guards refuse it", () => {
    expect(planReplay(flowFacts(), { fromNodeId: "ghost" }).nodes.some(({ action }) => action === "reuse")).toBe(false);
  });
});

describe("across versions", () => {
  const sourceVersion = version(1, [httpNode("old"), httpNode("kept"), httpNode("idle")]);
  const targetVersion = version(2, [httpNode("new"), httpNode("kept")]);
  const spans = [span("old"), span("kept"), span("idle", { status: "skipped" })];
  const saved = { id: "map_1", revision: 3, visibility: "shared", pairs: { old: "new" } } as const;
  const facts = (change = {}) => replayFacts({ sourceVersion, targetVersion, spans, ...change });

  test("a node that executed and is not in the target needs a mapping; one that was skipped does not", () => {
    const plan = planReplay(facts(), {});
    expect(plan).toMatchObject({ renamed: ["old"], unmapped: ["old"], mapping: null, targetVersion: 2 });
    expect(actions(plan)).toEqual(["new execute", "kept execute", "old unmapped"]);
  });

  test("a saved mapping is applied by itself, and the plan says which revision of it", () => {
    const plan = planReplay(facts({ savedMappings: [saved] }), {});
    expect(plan).toMatchObject({ unmapped: [], mapping: { from: "saved", id: "map_1", revision: 3 } });
    expect(plan.overrides.nodeMapping).toEqual({ old: "new" });
  });

  test("the request's own mapping counts as a whole: nothing of a saved one is mixed in", () => {
    const plan = planReplay(facts({ savedMappings: [saved] }), { nodeMapping: {} });
    expect(plan).toMatchObject({ unmapped: ["old"], mapping: { from: "request" } });
    expect(planReplay(facts({ savedMappings: [saved] }), { nodeMapping: { old: null } }).overrides.nodeMapping).toEqual(
      {
        old: null,
      },
    );
  });

  test("on the same version nothing is renamed and a saved mapping is not looked at", () => {
    const plan = planReplay(replayFacts({ sourceVersion, spans, savedMappings: [saved] }), {});
    expect(plan).toMatchObject({ renamed: [], unmapped: [], mapping: null });
    expect(plan.overrides.nodeMapping).toEqual({});
  });

  test.each<[string, { mine?: Record<string, string | null>; shared?: Record<string, string | null> }, string | null]>([
    ["none is saved", {}, null],
    ["only mine covers", { mine: { old: "new" }, shared: {} }, "mine"],
    ["only the shared one covers", { mine: { kept: "kept" }, shared: { old: "new" } }, "shared"],
    ["mine says nothing", { mine: {}, shared: { old: null } }, "shared"],
    ["both cover", { mine: { old: null }, shared: { old: "new" } }, "mine"],
    ["neither covers", { mine: { kept: "kept" }, shared: {} }, "mine"],
    ["there is only a shared one, which does not cover", { shared: {} }, "shared"],
  ])("which saved mapping is in force when %s", (_what, { mine, shared }, chosen) => {
    const savedMappings = [
      ...(mine ? [{ id: "mine", revision: 1, visibility: "private" as const, pairs: mine }] : []),
      ...(shared ? [{ id: "shared", revision: 1, visibility: "shared" as const, pairs: shared }] : []),
    ];
    const plan = planReplay(facts({ savedMappings }), {});
    expect(plan.mapping).toEqual(chosen === null ? null : { from: "saved", id: chosen, revision: 1 });
    const pairs = { mine, shared }[chosen as "mine" | "shared"] ?? {};
    expect(plan.overrides.nodeMapping).toEqual(pairs);
  });

  test("a node inside of a map can be renamed too", () => {
    const map = (inner: string) => ({ id: "each", type: "map", over: [], as: "x", nodes: [transformNode(inner)] });
    const plan = planReplay(
      replayFacts({
        sourceVersion: version(1, [map("score")]),
        targetVersion: version(2, [map("rate")]),
        spans: [span("each"), span("score", { key: "each[0].score", parentId: "span_each" })],
      }),
      {},
    );
    expect(plan.unmapped).toEqual(["score"]);
  });
});

describe("the calls that a replay would make", () => {
  const definition = (node: Record<string, unknown>) => version(1, [httpNode("call", "POST", node)]);
  const verdictOf = (node: Record<string, unknown>, levels = {}) =>
    planReplay(replayFacts({ sourceVersion: definition(node), policies: policies(levels) }), {}).calls[0];
  const allow = (value: boolean | null) => ({ replay: { allowMutations: value } });
  const optIn = (value: boolean) => ({ policies: { replay: { allowMutations: value } } });

  test.each<[string, Record<string, unknown>, Record<string, unknown>, "live" | "dry_run"]>([
    ["by default", {}, {}, "dry_run"],
    ["the node opts in", optIn(true), {}, "live"],
    ["the workspace allows", {}, { workspace: allow(true) }, "live"],
    ["the workspace allows, the node opts out", optIn(false), { workspace: allow(true) }, "dry_run"],
    ["the node opts in, the workspace forbids", optIn(true), { workspace: allow(false) }, "dry_run"],
    [
      "the node opts in, the account forbids",
      optIn(true),
      { account: allow(false), workspace: allow(true) },
      "dry_run",
    ],
    ["the account's true alone allows nothing", {}, { account: allow(true) }, "dry_run"],
  ])("a mutating one, %s", (_what, node, levels, verdict) => {
    expect(verdictOf(node, levels)).toMatchObject({ nodeId: "call", mutating: true, verdict });
  });

  test.each<[string, Record<string, unknown>, boolean]>([
    ["GET", { http: { method: "GET", url: "http://shop.test/" } }, false],
    ["HEAD", { http: { method: "HEAD", url: "http://shop.test/" } }, false],
    ["OPTIONS", { http: { method: "OPTIONS", url: "http://shop.test/" } }, false],
    ["POST", {}, true],
    ["PUT", { http: { method: "PUT", url: "http://shop.test/" } }, true],
    ["PATCH", { http: { method: "PATCH", url: "http://shop.test/" } }, true],
    ["DELETE", { http: { method: "DELETE", url: "http://shop.test/" } }, true],
    ["a GET marked mutating", { http: { method: "GET", url: "http://shop.test/" }, mutating: true }, true],
    [
      "a GET with a method override",
      { http: { method: "GET", url: "http://shop.test/", headers: { "X-HTTP-Method-Override": "DELETE" } } },
      true,
    ],
    ["a GET with _method in its query", { http: { method: "GET", url: "http://shop.test/?_method=delete" } }, true],
  ])("%s", (_what, node, mutating) => {
    expect(verdictOf(node)).toMatchObject({ mutating, verdict: mutating ? "dry_run" : "live" });
  });

  test("an agent's tools are listed by name, and how many recorded answers there are for each", () => {
    const tools = {
      find: { http: { method: "GET", url: "http://shop.test/find" } },
      pay: { http: { method: "POST", url: "http://shop.test/pay" } },
    };
    const agent = modelNode("decide", { type: "agent", tools: ["find", "pay"], maxTurns: 3 });
    const pay = { kind: "tool_call", tool: "pay", callSignature: "s1", effectVerdict: "live" } as const;
    const spans = [
      span("decide", { kind: "agent" }),
      span("decide", { key: "decide/turn-1/pay-0", ...pay }),
      span("decide", { key: "decide/turn-2/pay-0", ...pay }),
      span("decide", {
        key: "decide/turn-3/pay-0",
        ...pay,
        status: "failed",
        error: { code: "tool_http_error", message: "" },
      }),
      span("decide", {
        key: "decide/turn-6/pay-0",
        ...pay,
        status: "failed",
        error: { code: "unknown_outcome", message: "" },
      }),
      span("decide", { key: "decide/turn-4/pay-0", ...pay, effectVerdict: "dry_run_simulated" }),
      span("decide", { key: "decide/turn-5/pay-0", ...pay, callSignature: null, effectVerdict: "reused" }),
    ];
    const { calls } = planReplay(replayFacts({ sourceVersion: version(1, [agent], { tools }), spans }), {});
    expect(calls.map((call) => [call.tool, call.mutating, call.verdict, call.recorded])).toEqual([
      ["find (GET http://shop.test/find)", false, "live", 0],
      ["pay (POST http://shop.test/pay)", true, "dry_run", 3],
    ]);
  });

  test("calls inside of a workflow have the record of the runs that they repeat", () => {
    const record = recordsOf(
      [1, 2].map((n) => span("pay", { tool: "POST", callSignature: `s${n}`, effectVerdict: "live" })),
    );
    const definition = version(1, [httpNode("pay", "POST")]).definition as unknown as WorkflowDefinition;
    const inner = {
      path: "host",
      hostId: "host",
      workflowId: "wf_2",
      definition,
      record,
      reused: new Set<string>(),
      again: null,
    };
    const host = { id: "host", type: "workflow", workflow: "child" };
    const { calls } = planReplay(replayFacts({ sourceVersion: version(1, [host]), inner: [inner] }), {});
    expect(calls).toMatchObject([{ nodeId: "host/pay", verdict: "dry_run", recorded: 2 }]);
  });

  test("a reused node calls nothing", () => {
    const plan = planReplay(flowFacts(), { fromNodeId: "notify" });
    expect(plan.calls.map((call) => call.nodeId)).toEqual(["notify"]);
  });
});

describe("as-is repeats what the source ran with", () => {
  const nodes = [modelNode("classify"), modelNode("reply", { needs: ["classify"] })];
  const prompt = { artifactId: "prompt_a", contentHash: hashOf("2") };
  const sourceChanges = { prompt, model: { ref: gpt }, nodeIds: ["reply"] };
  const facts = replayFacts({ sourceVersion: version(1, nodes), sourceChanges });

  test("the prompt and model of its own replay, in the same nodes", () => {
    const plan = planReplay(facts, {});
    expect(plan).toMatchObject({ mode: "as_is", overrides: { ...sourceChanges, nodeMapping: {} } });
    expect(plan.models).toEqual([
      { nodeId: "classify", ref: haiku },
      { nodeId: "reply", ref: gpt },
    ]);
    expect(plan.prompts.map(({ contentHash }) => contentHash)).toEqual([hashOf("1"), hashOf("2")]);
  });

  test.each<[ReplayRequest, object]>([
    [
      { mode: "model", model: { id: "claude-opus-4-7", ref: opus } },
      { prompt: null, model: { ref: opus }, nodeIds: null },
    ],
    [
      { mode: "prompt", prompt: { ...prompt, contentHash: hashOf("3") } },
      { prompt: { ...prompt, contentHash: hashOf("3") }, model: null, nodeIds: null },
    ],
  ])("another prompt or model takes the place of both: %j", (request, changes) => {
    expect(planReplay(facts, request).overrides).toEqual({ ...changes, nodeMapping: {} });
  });

  test("across versions in the node that the mapping leads to", () => {
    const targetVersion = version(2, [modelNode("classify"), modelNode("answer", { needs: ["classify"] })]);
    const across = { ...facts, targetVersion, spans: [span("reply")] };
    expect(planReplay(across, { nodeMapping: { reply: "answer" } }).overrides.nodeIds).toEqual(["answer"]);
    expect(planReplay(across, { nodeMapping: { reply: null } }).models.map(({ ref }) => ref)).toEqual([haiku, haiku]);
  });
});
