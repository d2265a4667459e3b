import type { EffectVerdict } from "#/lib/contract/status.ts";
import type { RecordedAnswer } from "./recorded-calls.ts";

/** What is known about a tool call just before it would leave. */
export type GateFacts = {
  isReplay: boolean;
  mutating: boolean;
  /** Does the policy in force now allow mutating calls of this node in a replay? */
  mutationAllowed: boolean;
  /** The original run's answer to the same call, if one is left. */
  recorded: RecordedAnswer | null;
};

export type GateDecision = {
  verdict: Exclude<EffectVerdict, "reused" | "blocked" | "refused">;
  /** Whether the call is really made. */
  send: boolean;
  recordedFrom: RecordedAnswer | null;
};

/**
 * The one decision about side effects. Every call of an original run and every read-only call goes out. A mutating call
 * of a replay goes out only where policy allows it; otherwise it is answered from the record or, without a record,
 * simulated.
 */
export function decideEffect(facts: GateFacts): GateDecision {
  if (!facts.isReplay || !facts.mutating || facts.mutationAllowed)
    return { verdict: "live", send: true, recordedFrom: null };
  if (facts.recorded) return { verdict: "dry_run_recorded", send: false, recordedFrom: facts.recorded };
  return { verdict: "dry_run_simulated", send: false, recordedFrom: null };
}
