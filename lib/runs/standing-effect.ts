import type { EffectRecord } from "./span-record.ts";
import type { SpanRow } from "./span-store.ts";

/**
 * The effect of a call that is recorded as live; null for any other row. It stands: whatever is written about the call
 * later (its next attempt, a refusal, a skip) keeps it, as the database requires.
 */
export function standingEffect(row: SpanRow | undefined): EffectRecord | null {
  if (row?.effectVerdict !== "live") return null;
  return {
    verdict: "live",
    mutating: row.mutating,
    why: row.effectWhy ?? "",
    grant: row.effectGrant,
    tool: row.tool ?? row.name,
    callSignature: row.callSignature,
    againstOriginal: row.againstOriginal,
    recordedFrom: null,
  };
}
