import { describe, expect, test } from "vitest";
import type { ReplayRequest } from "#/lib/contract/replay.ts";
import { forecast } from "#/lib/replay/forecast.ts";
import { planReplay } from "#/lib/replay/plan.ts";
import { gpt, haiku, httpNode, modelNode, replayFacts, span, transformNode, version } from "./replay-facts.ts";

const at = new Date("2026-11-01T00:00:00Z");
const noCache = { cacheReadTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 };
const call = (nodeId: string, inputTokens: number | null, outputTokens: number | null, change = {}) =>
  span(nodeId, { madeCall: true, inputTokens, outputTokens, ...noCache, modelRef: haiku, ...change });
const of = (facts: ReturnType<typeof replayFacts>, request: ReplayRequest = {}) =>
  forecast(facts, planReplay(facts, request), at);

describe("the forecast of a replay", () => {
  test("is a range around what the nodes that will execute used, in tokens and money", () => {
    const facts = replayFacts({ spans: [call("classify", 1000, 100)] });
    // 1 dollar for a million tokens in, 5 for a million out.
    expect(of(facts)).toEqual({
      inputTokens: { low: 800, high: 1300 },
      outputTokens: { low: 50, high: 180 },
      costMicros: { low: 1050, high: 2200 },
    });
  });

  test.each([
    [1, 0, 1],
    [3, 2, 1],
    [5, 1, 4],
    [1003, 1, 1002],
    [7, 7, 0],
    [9, 3, 3],
  ])("is a number where all is known: %i in, of which %i out of the cache and %i into it", (input, read, write) => {
    const facts = replayFacts({
      spans: [call("classify", input, 10, { cacheReadTokens: read, cacheWriteTokens: write })],
    });
    expect(of(facts).costMicros).toMatchObject({ low: expect.any(Number), high: expect.any(Number) });
  });

  test("adds up all calls of a node, and all nodes", () => {
    const facts = replayFacts({
      sourceVersion: version(1, [
        modelNode("classify"),
        modelNode("decide", { type: "agent", tools: [], maxTurns: 3 }),
      ]),
      spans: [call("classify", 1000, 100), call("decide", 1000, 0), call("decide", 2000, 100)],
    });
    expect(of(facts).inputTokens).toEqual({ low: 3200, high: 5200 });
    expect(of(facts).outputTokens).toEqual({ low: 100, high: 360 });
  });

  test("is exactly nothing for a run that calls no model", () => {
    const facts = replayFacts({ sourceVersion: version(1, [transformNode("sum"), httpNode("lookup")]) });
    const zero = { low: 0, high: 0 };
    expect(of(facts)).toEqual({ inputTokens: zero, outputTokens: zero, costMicros: zero });
  });

  test.each<[string, ReturnType<typeof replayFacts>]>([
    ["a node that was never called", replayFacts({ spans: [] })],
    ["tokens that the record does not know", replayFacts({ spans: [call("classify", null, 5)] })],
    [
      "one of two nodes without a record",
      replayFacts({
        sourceVersion: version(1, [modelNode("classify"), modelNode("reply")]),
        spans: [call("classify", 10, 10)],
      }),
    ],
  ])("is unknown, not 0, with %s", (_what, facts) => {
    expect(of(facts)).toEqual({ inputTokens: null, outputTokens: null, costMicros: null });
  });

  test("prices the model that the replay will call; without a price the cost alone is unknown", () => {
    const spans = [call("classify", 1000, 100)];
    const free = { ref: "own:free", id: "free", provider: "own", name: "" };
    const priced = { ...free, price: { input: 0, output: 0, cacheRead: null, cacheWrite: null } };
    const request: ReplayRequest = { mode: "model", model: { id: "free", ref: "own:free" } };
    expect(of(replayFacts({ spans, catalogue: [free] }), request)).toMatchObject({
      inputTokens: { low: 800, high: 1300 },
      costMicros: null,
    });
    expect(of(replayFacts({ spans, catalogue: [priced] }), request).costMicros).toEqual({ low: 0, high: 0 });
    expect(of(replayFacts({ spans }), { mode: "model", model: { id: "gpt-5.4", ref: gpt } }).costMicros).not.toEqual(
      of(replayFacts({ spans })).costMicros,
    );
  });

  test("leaves out what is reused, and follows the node mapping", () => {
    const sourceVersion = version(1, [modelNode("old"), modelNode("end", { needs: ["old"] })]);
    const targetVersion = version(2, [modelNode("new"), modelNode("end", { needs: ["new"] })]);
    const spans = [call("old", 1000, 0), call("end", 100, 0)];
    const facts = replayFacts({ sourceVersion, targetVersion, spans });
    expect(of(facts, { nodeMapping: { old: "new" } }).inputTokens).toEqual({ low: 880, high: 1430 });
    expect(of(facts, { nodeMapping: { old: "new" }, fromNodeId: "end" }).inputTokens).toEqual({ low: 80, high: 130 });
    expect(of(facts, { nodeMapping: { old: null } }).inputTokens).toBeNull();
  });
});
