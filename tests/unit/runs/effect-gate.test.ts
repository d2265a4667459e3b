import { describe, expect, test } from "vitest";
import { decideEffect, type GateFacts } from "#/lib/runs/effect-gate.ts";

const recorded = { runId: "run_0", spanId: "span_0", error: null };
const both = [true, false];
const all: GateFacts[] = both.flatMap((isReplay) =>
  both.flatMap((mutating) =>
    both.flatMap((mutationAllowed) =>
      [recorded, null].map((record) => ({ isReplay, mutating, mutationAllowed, recorded: record })),
    ),
  ),
);
const name = (facts: GateFacts) =>
  [
    facts.isReplay ? "replay" : "original",
    facts.mutating ? "mutating" : "read-only",
    facts.mutationAllowed ? "allowed" : "not allowed",
    facts.recorded ? "recorded" : "not recorded",
  ].join(", ");

describe("the effect gate, in all sixteen cases", () => {
  test.each(all.map((facts) => [name(facts), facts] as const))("%s", (_name, facts) => {
    const mustNotLeave = facts.isReplay && facts.mutating && !facts.mutationAllowed;
    const decision = decideEffect(facts);
    expect(decision.send).toBe(!mustNotLeave);
    expect(decision.verdict).toBe(!mustNotLeave ? "live" : facts.recorded ? "dry_run_recorded" : "dry_run_simulated");
    expect(decision.recordedFrom).toBe(mustNotLeave ? facts.recorded : null);
  });
});
