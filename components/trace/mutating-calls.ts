import { effectVerdicts, type EffectVerdict } from "#/lib/contract/status.ts";
import { idAt, isMutating, kindAt, nameAt, nodeAt, type TraceColumns } from "./trace-columns.ts";

export type MutatingCall = { spanId: string; name: string };

/**
 * The mutating calls of a trace, and those refused before anybody could tell, grouped by what happened to them. An
 * agent's call goes by its tool, a tool step's by its node.
 */
export function mutatingCalls(trace: TraceColumns): ReadonlyMap<EffectVerdict, MutatingCall[]> {
  const calls = new Map<EffectVerdict, MutatingCall[]>();
  for (let row = 0; row < trace.count; row++) {
    const verdict = effectVerdicts[(trace.effect[row] ?? 0) - 1];
    const spanId = verdict === undefined ? null : idAt(trace, row);
    if (verdict === undefined || spanId === null) continue;
    if (!isMutating(trace, row) && verdict !== "refused") continue;
    const name = (kindAt(trace, row) === "tool_call" ? null : nodeAt(trace, row)) ?? nameAt(trace, row);
    calls.set(verdict, [...(calls.get(verdict) ?? []), { spanId, name }]);
  }
  return calls;
}

const mostNames = 3;

/** The names of calls, each once, the first few: `refund_order, notify and 2 more`. */
export function callNames(names: readonly string[]): string {
  const distinct = [...new Set(names)];
  const shown = distinct.slice(0, mostNames).join(", ");
  return distinct.length > mostNames ? `${shown} and ${distinct.length - mostNames} more` : shown;
}
