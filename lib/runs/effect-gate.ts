import type { Json } from "#/lib/contract/json.ts";
import type { EffectVerdict } from "#/lib/contract/status.ts";

type RecordedCall = { runId: string; spanId: string; output: () => Promise<Json> };

/** What is known about one tool call at the moment before it would leave. */
export type GateFacts = {
  isReplay: boolean;
  mutating: boolean;
  /** Why the call is judged mutating or not. */
  why: string;
  /** May mutating calls of this node be made in a replay, by the policy in force now? */
  mutationAllowed: boolean;
  /** The original run's answer to the same call, if it has one left. */
  recorded: RecordedCall | null;
};

export type GateDecision = {
  verdict: Exclude<EffectVerdict, "reused" | "blocked">;
  /** Whether the call is really made. */
  send: boolean;
  recordedFrom: RecordedCall | null;
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
