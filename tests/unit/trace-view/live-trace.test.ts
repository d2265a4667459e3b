import { describe, expect, test } from "vitest";
import { GrowingTexts } from "#/components/trace/growing-texts.ts";
import { LiveTrace } from "#/components/trace/live-trace.ts";
import { idAt, modelAt, nameAt, nodeAt, toTraceColumns, type TraceColumns } from "#/components/trace/trace-columns.ts";
import { carryCollapsed } from "#/components/trace/visible-rows.ts";
import { effectVerdicts, nodeTypes, spanStatuses } from "#/lib/contract/status.ts";
import type { TraceSegment } from "#/lib/contract/trace.ts";
import { buildSegment } from "#/lib/traces/segment.ts";
import { buildSkeleton } from "#/lib/traces/skeleton.ts";
import type { SpanRow } from "#/lib/traces/span-row.ts";
import { modelCall, randomNumbers, spanRow } from "../traces/span-rows.ts";

type Stored = SpanRow & { rev: number };

/** A run that is being written: spans begin below others that began before them, change, and end. */
class WrittenRun {
  readonly rows: Stored[] = [];
  rev = 1;
  readonly startedAt: Date;
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
    this.startedAt = new Date(1_700_000_000_000);
  }

  change(): void {
    const row = this.#pick(this.rows);
    if (!row || this.#random() < 0.6) this.#begin();
    else this.#changed(row);
  }

  skeleton() {
    return buildSkeleton(this.rows, this.#run());
  }

  /** As the server reads it, and as it comes over the wire. */
  segment(after: number, limit: number): TraceSegment {
    const found = this.rows.filter((row) => row.rev > after).toSorted((a, b) => a.rev - b.rev);
    const rows = found.slice(0, limit);
    const hasMore = found.length > limit;
    const rev = hasMore ? (rows.at(-1)?.rev ?? after) : this.rev;
    return JSON.parse(JSON.stringify(buildSegment(rows, { ...this.#run(), rev }, hasMore))) as TraceSegment;
  }

  #run() {
    return { runId: "run_1", status: "running", rev: this.rev, startedAt: this.startedAt } as const;
  }

  #pick<T>(values: readonly T[]): T | undefined {
    return values[Math.floor(this.#random() * values.length)];
  }

  #begin(): void {
    const n = this.rows.length;
    const below = this.#random() < 0.8 ? (this.#pick(this.rows)?.id ?? null) : null;
    // One whose parent never comes stands at the root.
    const parent = this.#random() < 0.03 ? `span_lost_${n}` : below;
    const make = this.#random() < 0.4 ? modelCall(`span_${n}`, parent, this.#tokens()) : spanRow(`span_${n}`, parent);
    const isReused = this.#random() < 0.1;
    // Those of a replay's source began days before; some have not begun at all; some begin in the same millisecond.
    const offset = isReused ? -86_400_000 : Math.floor(this.#random() * 40);
    const startedAt = this.#random() < 0.1 ? null : new Date(this.startedAt.getTime() + n + offset);
    const change: Partial<SpanRow> = {
      ...{ seq: n + 1, startedAt, finishedAt: null, status: "running" },
      name: `name ${Math.floor(this.#random() * 9)}`,
      nodeId: this.#random() < 0.2 ? "" : `node_${Math.floor(this.#random() * 5)}`,
      kind: this.#pick(nodeTypes) ?? "tool",
      reusedFromSpan: isReused ? "span_source" : null,
    };
    this.rows.push({ ...make, ...change, rev: ++this.rev });
  }

  #changed(row: Stored): void {
    row.rev = ++this.rev;
    row.status = this.#pick(spanStatuses) ?? "completed";
    row.startedAt ??= new Date(this.startedAt.getTime() + this.rev);
    row.finishedAt = this.#random() < 0.7 ? new Date(row.startedAt.getTime() + this.#random() * 90) : null;
    row.effectVerdict = this.#pick([null, ...effectVerdicts]) ?? null;
    row.mutating = this.#random() < 0.3;
    row.attempt = 1 + Math.floor(this.#random() * 3);
    if (!row.madeCall) return;
    [row.inputTokens, row.outputTokens, row.costMicros] = [this.#tokens(), this.#tokens(), this.#tokens()];
    row.modelRef = `anthropic:m${Math.floor(this.#random() * 3)}`;
  }

  #tokens(): number | null {
    return this.#random() < 0.2 ? null : Math.floor(this.#random() * 5000);
  }
}

/** What a viewer sees, whatever numbers the dictionaries give to texts. */
function shown(trace: TraceColumns) {
  const { id: _id, key: _key, names: _names, nodeIds: _nodes, models: _models, ...rest } = trace;
  const { name: _name, node: _node, model: _model, ...columns } = rest;
  const texts = Array.from({ length: trace.count }, (_, row) => [
    ...[idAt(trace, row), nameAt(trace, row), nodeAt(trace, row), modelAt(trace, row)],
  ]);
  return { ...columns, texts };
}

describe("segments of a running run", () => {
  test.each(Array.from({ length: 20 }, (_, seed) => seed + 1))("merged are the run itself (seed %i)", (seed) => {
    const random = randomNumbers(seed);
    const run = new WrittenRun(random);
    const live = new LiveTrace("run_1");
    let pictures = 0;
    for (let step = 0; step < 300; step++) {
      run.change();
      // The reader lags behind, takes few rows at a time, and the run is written while it reads.
      if (random() < 0.7) continue;
      const segment = run.segment(live.rev, 1 + Math.floor(random() * 12));
      live.apply(segment);
      if (segment.hasMore) continue;
      pictures++;
      if (pictures % 5 === 0) expect(shown(live.columns())).toEqual(shown(toTraceColumns(run.skeleton())));
    }
    for (let more = true; more;) {
      const segment = run.segment(live.rev, 7);
      live.apply(segment);
      more = segment.hasMore;
    }
    expect(shown(live.columns())).toEqual(shown(toTraceColumns(run.skeleton())));
    expect(live.rev).toBe(run.rev);
  });

  test("a span that comes before its parent stands at the root until the parent is there", () => {
    const [parent, child] = [spanRow("span_a"), spanRow("span_b", "span_a", { seq: 1 })];
    const run = { runId: "run_1", status: "running", startedAt: null } as const;
    const live = new LiveTrace("run_1");
    live.apply(buildSegment([child], { ...run, rev: 2 }, true));
    expect([...live.columns().depth]).toEqual([0]);
    live.apply(buildSegment([parent], { ...run, rev: 3 }, false));
    const columns = live.columns();
    expect([[...columns.depth], idAt(columns, 1)]).toEqual([[0, 1], "span_b"]);
  });

  test("what was shown does not change with what comes; a collapsed row stays collapsed where it goes", () => {
    const run = { runId: "run_1", status: "running", startedAt: new Date(0) } as const;
    const at = (ms: number) => ({ startedAt: new Date(ms), finishedAt: null });
    const live = new LiveTrace("run_1");
    live.apply(
      buildSegment([spanRow("span_b", null, at(20)), spanRow("span_c", "span_b", at(30))], { ...run, rev: 2 }, false),
    );
    const before = live.columns();
    live.apply(buildSegment([spanRow("span_a", null, at(10))], { ...run, rev: 3 }, false));
    const after = live.columns();
    expect([idAt(before, 0), before.count, before.id.indexOf("span_a")]).toEqual(["span_b", 2, -1]);
    expect([...carryCollapsed(before, Uint8Array.of(1, 0), after)]).toEqual([0, 1, 0]);
    expect([after.id.indexOf("span_c"), after.id.indexOf("span_x"), after.id.at(3)]).toEqual([2, -1, undefined]);
  });
});

test("growing texts keep each text once, at its place, however many and whatever script they have", () => {
  const texts = new GrowingTexts();
  const all = Array.from({ length: 3000 }, (_, n) => (n % 7 === 0 ? `шаг-${n}` : `span_${n.toString(36)}`));
  expect(all.map((text) => texts.add(text))).toEqual(all.map((_, n) => n));
  expect(all.map((text) => texts.add(text))).toEqual(all.map((_, n) => n));
  expect(all.every((text, n) => texts.at(n) === text && texts.indexOf(text) === n)).toBe(true);
  expect([texts.indexOf("span_"), texts.indexOf(""), texts.at(-1), texts.at(3000), texts.length]).toEqual([
    ...[-1, -1, undefined, undefined, 3000],
  ]);
});
