import type { EffectVerdict } from "#/lib/contract/status.ts";
import type { RecordedAnswer } from "./recorded-calls.ts";

/** What is known about one tool call at the moment before it would leave. */
export type GateFacts = {
  isReplay: boolean;
  mutating: boolean;
  /** May mutating calls of this node be made in a replay, by the policy in force now? */
  mutationAllowed: boolean;
  /** The original run's answer to the same call, if it has one left. */
  recorded: RecordedAnswer | null;
};

export type GateDecision = {
  verdict: Exclude<EffectVerdict, "reused" | "blocked" | "refused">;
  /** Whether the call is really made. */
  send: boolean;
  recordedFrom: RecordedAnswer | null;
};

/**
 * The one decision about side effects: an original run and every read-only call go out; a mutating call of a replay goes
 * out only where policy allows it, else it is answered from the record or, where there is none, simulated.
 */
export function decideEffect(facts: GateFacts): GateDecision {
  if (!facts.isReplay || !facts.mutating || facts.mutationAllowed)
    return { verdict: "live", send: true, recordedFrom: null };
  if (facts.recorded) return { verdict: "dry_run_recorded", send: false, recordedFrom: facts.recorded };
  return { verdict: "dry_run_simulated", send: false, recordedFrom: null };
}
