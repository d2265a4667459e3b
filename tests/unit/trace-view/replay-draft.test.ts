import { describe, expect, test } from "vitest";
import { groupCalls, passedText, quotaText, rangeText, sortVerdicts } from "#/components/replay/preflight-words.ts";
import { draftNeeds, emptyDraft, spacesAround, toReplayRequest } from "#/components/replay/replay-draft.ts";
import { ReplayRequest } from "#/lib/contract/replay.ts";

const hash = `sha256:${"a".repeat(64)}`;

describe("replay draft", () => {
  test.each([
    ["as-is needs nothing", {}, { mode: "as_is" }],
    ["prompt without fields", { mode: "prompt" }, null],
    ["prompt with one field", { mode: "prompt", artifactId: "prompt_1" }, null],
    ["prompt with the other field", { mode: "prompt", contentHash: hash }, null],
    ["prompt with blanks", { mode: "prompt", artifactId: "  ", contentHash: hash }, null],
    [
      "prompt with both",
      { mode: "prompt", artifactId: "prompt_1", contentHash: hash },
      { mode: "prompt", prompt: { artifactId: "prompt_1", contentHash: hash } },
    ],
    ["model with one field", { mode: "model", modelId: "m" }, null],
    [
      "model with both; what other modes hold is not sent",
      { mode: "model", modelId: "m", modelRef: "p:m", artifactId: "prompt_1", contentHash: hash },
      { mode: "model", model: { id: "m", ref: "p:m" } },
    ],
    [
      "ids go out byte for byte",
      { mode: "model", modelId: " m", modelRef: "p:m" },
      { mode: "model", model: { id: " m", ref: "p:m" } },
    ],
  ] as const)("%s", (_name, change, expected) => {
    const draft = { ...emptyDraft, ...change };
    expect(toReplayRequest(draft)?.request ?? null).toEqual(expected);
    expect(draftNeeds(draft) === null).toBe(expected !== null);
    if (expected !== null) expect(ReplayRequest.safeParse(expected).success).toBe(true);
  });

  test.each([
    [{ mode: "as_is" }, null],
    [{ mode: "prompt" }, "Choose a prompt revision."],
    [{ mode: "prompt", artifactId: " ", contentHash: "\t" }, "Choose a prompt revision."],
    [{ mode: "prompt", artifactId: "prompt_1" }, "Enter the content hash."],
    [{ mode: "prompt", contentHash: hash }, "Enter the prompt artifact id."],
    [{ mode: "model" }, "Choose a model."],
    [{ mode: "model", artifactId: "prompt_1", contentHash: hash }, "Choose a model."],
    [{ mode: "model", modelId: "m" }, "Enter the model ref."],
    [{ mode: "model", modelRef: "p:m" }, "Enter the model id."],
    [{ mode: "model", modelId: "m", modelRef: "p:m", nodeIds: [] }, "Select at least one node."],
    [{ mode: "as_is", payloadText: "{" }, "Correct the payload."],
    [{ mode: "as_is", maxCost: "much" }, "Correct the cost limit."],
    [{ mode: "prompt", payloadText: "{", maxCost: "much" }, "Choose a prompt revision."],
  ] as const)("what %j needs first: %s", (change, needs) => {
    const draft = { ...emptyDraft, ...change };
    expect(draftNeeds(draft)).toBe(needs);
    expect(toReplayRequest(draft) === null).toBe(needs !== null);
  });

  test("spaces around a value are pointed out", () => {
    expect(spacesAround("a b")).toBeNull();
    expect(spacesAround(" a")).not.toBeNull();
    expect(spacesAround("a\t")).not.toBeNull();
    expect(spacesAround("")).toBeNull();
  });
});

describe("preflight in words", () => {
  test.each([
    ["all pass", { ok: true, passed: 9, raised: 0, needs: null }, "Ready to replay"],
    ["warnings do not stop it", { ok: true, passed: 8, raised: 1, needs: null }, "Ready to replay"],
    ["a field is empty", { ok: true, passed: 9, raised: 0, needs: "Choose a model." }, null],
    ["a check blocks", { ok: false, passed: 8, raised: 1, needs: null }, "8 other checks pass"],
    [
      "a check blocks, and a field is empty",
      { ok: false, passed: 1, raised: 1, needs: "Choose a model." },
      "1 other check passes",
    ],
    ["what blocks is shown elsewhere", { ok: false, passed: 2, raised: 0, needs: null }, "2 checks pass"],
    ["nothing passes", { ok: false, passed: 0, raised: 1, needs: null }, null],
  ] as const)("what passes, when %s", (_name, checks, text) => {
    expect(passedText(checks)).toBe(text);
  });

  const call = (nodeId: string, mutating: boolean, verdict: "live" | "dry_run") => ({
    nodeId,
    tool: "POST /x",
    mutating,
    why: "",
    verdict,
    grant: null,
    recorded: 0,
  });

  test("mutating calls are told by what happens to them, read-only ones only counted", () => {
    const groups = groupCalls([
      call("a", true, "dry_run"),
      call("a", true, "dry_run"),
      call("b", true, "live"),
      call("c", false, "live"),
      call("d", false, "live"),
    ]);
    expect(groups.dryRun.map((each) => each.nodeId)).toEqual(["a"]);
    expect(groups.live.map((each) => each.nodeId)).toEqual(["b"]);
    expect(groups.readOnly).toBe(2);
  });

  test("what blocks comes before what warns", () => {
    const verdict = (code: "run_in_flight" | "workflow_paused" | "not_found", level: "pass" | "warn" | "block") => ({
      code,
      level,
      message: "",
      details: {},
    });
    const sorted = sortVerdicts([
      verdict("not_found", "pass"),
      verdict("run_in_flight", "warn"),
      verdict("workflow_paused", "block"),
    ]);
    expect(sorted.raised.map((each) => each.level)).toEqual(["block", "warn"]);
    expect(sorted.passed).toHaveLength(1);
  });

  test("unknown stays unknown", () => {
    expect(rangeText(null, String)).toBe("unknown");
    expect(rangeText({ low: 1, high: 1 }, String)).toBe("1");
    expect(rangeText({ low: 1, high: 2 }, String)).toBe("1 – 2");
  });

  test("the quota says what is left, or when there is some again", () => {
    const told = (remaining: number, details: Record<string, unknown> | null) =>
      quotaText({
        quota: { limit: 20, remaining, resetMs: 60_000 },
        verdicts: details ? [{ code: "replay_quota_exceeded", level: "block", message: "", details }] : [],
      });
    expect(told(13, {})).toBe("13 of 20 replays left this minute");
    expect(told(0, { retryAfterMs: 41_200, resetMs: 60_000 })).toBe("No replays left this minute; the next in 42 s");
    expect(told(0, { retryAfterMs: 0 })).toBe("No replays left this minute; the next in 1 s");
    expect(told(0, {})).toBe("No replays left this minute");
    expect(told(0, null)).toBe("No replays left this minute");
  });
});
