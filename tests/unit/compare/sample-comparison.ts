import type { ComparedRun, ComparedStepSide, RunComparison } from "#/lib/contract/compare.ts";
import type { Json } from "#/lib/contract/json.ts";
import { noEffects } from "#/lib/contract/run.ts";
import { compareWithBodies, type FullStep } from "../traces/compare-with-bodies.ts";

export function comparedRun(id: string, change: Partial<ComparedRun> = {}): ComparedRun {
  return {
    id,
    workflow: { id: "wf_1", slug: "flow" },
    version: 1,
    status: "completed",
    statusReason: null,
    mode: null,
    replayOf: null,
    depth: 0,
    startedAt: "2026-11-21T00:00:00.000Z",
    durationMs: 1000,
    usage: { inputTokens: 10, outputTokens: 5, cacheReadTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 },
    costMicros: null,
    models: [],
    prompts: [],
    effects: noEffects,
    url: `/acme/ai/runs/${id}`,
    ...change,
  };
}

export function compareStep(key: string, output: Json, change: Partial<ComparedStepSide> = {}): FullStep {
  return {
    spanId: null,
    key,
    nodeId: key.split("/")[0] ?? key,
    type: "tool",
    status: "completed",
    startMs: 0,
    durationMs: 10,
    modelRef: null,
    answeredModel: null,
    promptHash: null,
    usage: null,
    costMicros: null,
    effect: null,
    input: null,
    output,
    ...change,
  };
}

/** Steps as `key:output` or `key:output:type`; spans are named after side and key. */
export function comparison(a: string, b: string): RunComparison {
  const steps = (text: string, side: string) =>
    text
      .split(" ")
      .filter(Boolean)
      .map((step) => {
        const [key = "", output = "", type = "tool"] = step.split(":");
        return compareStep(key, output, { spanId: `${side}-${key}`, type });
      });
  return compareWithBodies(
    { run: comparedRun("run_a"), steps: steps(a, "a") },
    { run: comparedRun("run_b", { replayOf: "run_a", depth: 1, mode: "as_is", costMicros: 5 }), steps: steps(b, "b") },
  );
}
