import { effectVerdicts, isStepKind, spanKinds, spanStatuses } from "#/lib/contract/status.ts";
import type { EffectVerdict, RunStatus, SpanKind, SpanStatus } from "#/lib/contract/status.ts";
import type { SpanColumns, TraceSkeleton } from "#/lib/contract/trace.ts";
import { PackedTexts } from "./packed-texts.ts";

/** Stands for "unknown or none" in the number columns; the wire says null there. */
export const unknownNumber = -1;

/**
 * A run's skeleton as the viewer holds it: one typed array per column, one entry per span, rows in pre-order. Enums are
 * indexes into their contract lists; `effect` is 0 for none, else verdict index + 1. Times are ms since run start; reused steps
 * have none of this run's.
 */
export type TraceColumns = {
  readonly runId: string;
  readonly runStatus: RunStatus;
  readonly rev: number;
  readonly startedAtMs: number | null;
  readonly count: number;
  readonly names: readonly string[];
  readonly nodeIds: readonly string[];
  /** Titles of the nodes in `nodeIds`; "" where a node has none, or none is known (yet). */
  readonly titles: readonly string[];
  readonly models: readonly string[];
  readonly id: Pick<PackedTexts, "length" | "at" | "indexOf">;
  /** Paths, kept only where a row has no name of its own. */
  readonly key: PackedTexts | null;
  readonly parent: Int32Array;
  readonly depth: Int32Array;
  readonly size: Int32Array;
  readonly kind: Uint8Array;
  readonly name: Int32Array;
  readonly node: Int32Array;
  readonly status: Uint8Array;
  readonly startMs: Float64Array;
  readonly durationMs: Float64Array;
  readonly attempt: Int32Array;
  readonly model: Int32Array;
  readonly tokens: Float64Array;
  readonly costMicros: Float64Array;
  readonly effect: Uint8Array;
  readonly flags: Uint8Array;
};

const mutatingFlag = 1;
const reusedFlag = 2;

const kindCodes = new Map<string, number>(spanKinds.map((kind, code) => [kind, code]));
const statusCodes = new Map<string, number>(spanStatuses.map((status, code) => [status, code]));
const effectCodes = new Map<string | null, number>([
  [null, 0],
  ...effectVerdicts.map((verdict, code): [string, number] => [verdict, code + 1]),
]);

function codes(values: readonly (string | null)[], table: ReadonlyMap<string | null, number>): Uint8Array {
  const out = new Uint8Array(values.length);
  for (let row = 0; row < values.length; row++) out[row] = table.get(values[row] ?? null) ?? 0;
  return out;
}

/** Input and output together; unknown only when both are. */
function totalTokens(input: readonly (number | null)[], output: readonly (number | null)[]): Float64Array {
  const out = new Float64Array(input.length);
  for (let row = 0; row < input.length; row++) {
    const sent = input[row] ?? null;
    const got = output[row] ?? null;
    out[row] = sent === null && got === null ? unknownNumber : (sent ?? 0) + (got ?? 0);
  }
  return out;
}

export function flagOf(mutating: boolean | undefined, reused: boolean | undefined): number {
  return (mutating ? mutatingFlag : 0) | (reused ? reusedFlag : 0);
}

/** The enum columns of the wire as codes. */
export function codesOf({ kind, status, effect }: Pick<SpanColumns, "kind" | "status" | "effect">) {
  return { kind: codes(kind, kindCodes), status: codes(status, statusCodes), effect: codes(effect, effectCodes) };
}

/** Turns the wire's columns into typed arrays; the answer's own arrays of numbers can be dropped afterwards. */
export function toTraceColumns(skeleton: TraceSkeleton): TraceColumns {
  const { columns } = skeleton;
  const flags = Uint8Array.from(columns.mutating, (mutating, row) => flagOf(mutating, columns.reused[row]));
  return {
    runId: skeleton.runId,
    runStatus: skeleton.status,
    rev: skeleton.rev,
    count: skeleton.count,
    names: skeleton.names,
    nodeIds: skeleton.nodeIds,
    titles: [],
    models: skeleton.models,
    id: new PackedTexts(columns.id),
    key: columns.name.some((name) => name < 0) ? new PackedTexts(columns.key) : null,
    parent: Int32Array.from(columns.parent),
    depth: Int32Array.from(columns.depth),
    size: Int32Array.from(columns.size),
    ...codesOf(columns),
    name: Int32Array.from(columns.name),
    node: Int32Array.from(columns.node),
    ...onOwnAxis(skeleton.startedAtMs, Float64Array.from(columns.startMs), flags),
    durationMs: Float64Array.from(columns.durationMs),
    attempt: Int32Array.from(columns.attempt),
    model: Int32Array.from(columns.model),
    tokens: totalTokens(columns.inputTokens, columns.outputTokens),
    costMicros: Float64Array.from(columns.costMicros, (cost) => cost ?? unknownNumber),
    flags,
  };
}

/**
 * The run's own times. Reused steps happened in another run, perhaps days before, and would stretch the axis back to
 * there. So times count from the first step of the run's own, and a reused step has no place on the axis. Changes
 * `startMs`.
 */
export function onOwnAxis(
  startedAtMs: number | null,
  startMs: Float64Array,
  flags: Uint8Array,
): { startedAtMs: number | null; startMs: Float64Array } {
  const isReusedRow = (row: number) => ((flags[row] ?? 0) & reusedFlag) !== 0;
  let first = Infinity;
  let someReused = false;
  for (let row = 0; row < startMs.length; row++) {
    const start = startMs[row] ?? -1;
    if (isReusedRow(row)) someReused = true;
    else if (start >= 0 && start < first) first = start;
  }
  if (!someReused) return { startedAtMs, startMs };
  for (let row = 0; row < startMs.length; row++) {
    const start = startMs[row] ?? -1;
    startMs[row] = isReusedRow(row) || start < 0 ? -1 : start - first;
  }
  return { startedAtMs: startedAtMs === null || first === Infinity ? null : startedAtMs + first, startMs };
}

/** The same trace with the titles that its version gives to nodes. */
export function withTitles(trace: TraceColumns, titles: ReadonlyMap<string, string>): TraceColumns {
  return { ...trace, titles: trace.nodeIds.map((id) => titles.get(id) ?? "") };
}

export function kindAt(trace: TraceColumns, row: number): SpanKind {
  return spanKinds[trace.kind[row] ?? 0] ?? "tool";
}

export function statusAt(trace: TraceColumns, row: number): SpanStatus {
  return spanStatuses[trace.status[row] ?? 0] ?? "running";
}

export function nameAt(trace: TraceColumns, row: number): string {
  return trace.names[trace.name[row] ?? -1] ?? trace.key?.at(row) ?? "";
}

/**
 * What a row is called. A step: its node's title, or its id; `called` is what it called (`GET /orders/1001`) where
 * that is something else. What stands inside a step has a name of its own.
 */
export function rowName(trace: TraceColumns, row: number): { name: string; called: string } {
  const own = nameAt(trace, row);
  const node = trace.node[row] ?? -1;
  const id = trace.nodeIds[node] ?? "";
  if (id === "" || !isStepKind(kindAt(trace, row))) return { name: own, called: "" };
  // A step that calls nothing was recorded under its title.
  const calls = kindAt(trace, row) === "tool" && own !== id;
  const name = trace.titles[node] || (calls ? id : own);
  return { name, called: calls && own !== name ? own : "" };
}

export function nodeAt(trace: TraceColumns, row: number): string | null {
  return trace.nodeIds[trace.node[row] ?? -1] ?? null;
}

export function modelAt(trace: TraceColumns, row: number): string | null {
  return trace.models[trace.model[row] ?? -1] ?? null;
}

export function idAt(trace: TraceColumns, row: number): string | null {
  return trace.id.at(row) ?? null;
}

/** Row of a span id, or -1. A scan: a map of 100,000 ids would cost more memory than all other columns. */
export function rowOfId(trace: TraceColumns, id: string | null): number {
  return id === null ? -1 : trace.id.indexOf(id);
}

export function isMutating(trace: TraceColumns, row: number): boolean {
  return ((trace.flags[row] ?? 0) & mutatingFlag) !== 0;
}

export function isReused(trace: TraceColumns, row: number): boolean {
  return ((trace.flags[row] ?? 0) & reusedFlag) !== 0;
}

/**
 * The verdict a row shows as a badge. `live` only where a mutating call was really made: a read-only call is always
 * live, and saying so on each would hide the ones that changed something.
 */
export function shownEffect(trace: TraceColumns, row: number): EffectVerdict | null {
  const verdict = effectVerdicts[(trace.effect[row] ?? 0) - 1] ?? null;
  if (verdict === "live") return isMutating(trace, row) ? "live" : null;
  if (verdict === null && isReused(trace, row)) return "reused";
  return verdict;
}

/** Rows of a step's attempts, in order; empty when its attempts are not recorded as spans. */
export function attemptRows(trace: TraceColumns, row: number): number[] {
  const rows: number[] = [];
  const end = row + (trace.size[row] ?? 1);
  for (let child = row + 1; child < end; child += trace.size[child] ?? 1)
    if (kindAt(trace, child) === "attempt") rows.push(child);
  return rows;
}

/** How many attempts a row stands for: its own number, or the attempts recorded below it. */
export function attemptCount(trace: TraceColumns, row: number): number {
  const own = trace.attempt[row] ?? 1;
  if (kindAt(trace, row) === "attempt") return own;
  let count = 0;
  const end = row + (trace.size[row] ?? 1);
  for (let child = row + 1, seen = 0; child < end && seen < 32; child += trace.size[child] ?? 1, seen++)
    if (kindAt(trace, child) === "attempt") count++;
  return Math.max(own, count, 1);
}

/** Span kinds in words. */
export const kindLabels: Record<SpanKind, string> = {
  model: "model",
  agent: "agent",
  tool: "tool",
  transform: "transform",
  workflow: "workflow",
  map: "map",
  wait: "wait",
  attempt: "attempt",
  model_call: "model call",
  tool_call: "tool call",
  item: "item",
};
