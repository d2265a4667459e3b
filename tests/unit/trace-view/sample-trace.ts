import type { EffectVerdict, SpanKind, SpanStatus } from "#/lib/contract/status.ts";
import type { TraceSkeleton } from "#/lib/contract/trace.ts";
import { toTraceColumns, type TraceColumns } from "#/components/trace/trace-columns.ts";

export type SampleSpan = {
  name: string;
  node?: string;
  depth: number;
  kind?: SpanKind;
  status?: SpanStatus;
  startMs?: number;
  durationMs?: number;
  model?: string;
  tokens?: [number | null, number | null];
  cost?: number | null;
  effect?: EffectVerdict;
  mutating?: boolean;
  reused?: boolean;
  attempt?: number;
  id?: string;
};

/** A skeleton from names and depths in pre-order; parents and subtree sizes follow from the depths. */
export function sampleSkeleton(spans: readonly SampleSpan[]): TraceSkeleton {
  const names: string[] = [];
  const models: string[] = [];
  const nodeIds: string[] = [];
  const index = (list: string[], value: string | undefined) => {
    if (value === undefined) return -1;
    if (!list.includes(value)) list.push(value);
    return list.indexOf(value);
  };
  const parent: number[] = [];
  const open: number[] = [];
  spans.forEach((span, row) => {
    open.length = span.depth;
    parent.push(open.at(-1) ?? -1);
    open.push(row);
  });
  const size = spans.map(() => 1);
  for (let row = spans.length - 1; row >= 0; row--) {
    const up = parent[row] ?? -1;
    if (up >= 0) size[up] = (size[up] ?? 1) + (size[row] ?? 1);
  }
  return {
    runId: "run_1",
    status: "running",
    rev: 1,
    startedAtMs: 0,
    count: spans.length,
    names,
    nodeIds,
    models,
    columns: {
      id: spans.map((span) => span.id ?? `span_${span.name}`),
      parent,
      depth: spans.map((span) => span.depth),
      size,
      kind: spans.map((span) => span.kind ?? "tool"),
      name: spans.map((span) => index(names, span.name)),
      node: spans.map((span) => index(nodeIds, span.node)),
      key: spans.map((span) => span.name),
      status: spans.map((span) => span.status ?? "completed"),
      startMs: spans.map((span) => span.startMs ?? 0),
      durationMs: spans.map((span) => span.durationMs ?? 1),
      attempt: spans.map((span) => span.attempt ?? 1),
      model: spans.map((span) => index(models, span.model)),
      inputTokens: spans.map((span) => span.tokens?.[0] ?? null),
      outputTokens: spans.map((span) => span.tokens?.[1] ?? null),
      costMicros: spans.map((span) => span.cost ?? null),
      effect: spans.map((span) => span.effect ?? null),
      mutating: spans.map((span) => span.mutating ?? false),
      reused: spans.map((span) => span.reused ?? false),
    },
    next: null,
  };
}

export function sampleTrace(spans: readonly SampleSpan[]): TraceColumns {
  return toTraceColumns(sampleSkeleton(spans));
}

/** `a`, `  b` …: one span a line, two spaces of indent a level. */
export function outline(text: string): SampleSpan[] {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const trimmed = line.trim();
      const depth = (line.length - line.trimStart().length) / 2;
      return trimmed.endsWith("!") ? { name: trimmed.slice(0, -1), depth, status: "failed" } : { name: trimmed, depth };
    });
}
