import type { RunStatus } from "#/lib/contract/status.ts";
import type { TraceSegment } from "#/lib/contract/trace.ts";
import { inOnePiece } from "#/lib/core/loop-turns.ts";
import { Dictionary } from "#/lib/traces/dictionary.ts";
import { preOrder } from "#/lib/traces/pre-order.ts";
import { sumSubtrees } from "#/lib/traces/subtree-sums.ts";
import { GrowingTexts, OrderedTexts, withRoom } from "./growing-texts.ts";
import { codesOf, flagOf, onOwnAxis, unknownNumber, type TraceColumns } from "./trace-columns.ts";

/** Of each span by its place, the order in which the browser first heard of it; see TraceColumns for the codes. */
function noSpans() {
  return {
    /** 0 until the span itself came: others only named it as their parent. */
    known: new Uint8Array(64),
    /** Place of its parent; -1 = none. */
    parent: new Int32Array(64),
    seq: new Float64Array(64),
    /** Start since 1970, in ms; Infinity = not started. */
    start: new Float64Array(64),
    durationMs: new Float64Array(64),
    kind: new Uint8Array(64),
    name: new Int32Array(64),
    node: new Int32Array(64),
    status: new Uint8Array(64),
    attempt: new Int32Array(64),
    model: new Int32Array(64),
    effect: new Uint8Array(64),
    flags: new Uint8Array(64),
    /** 1 where the span called a model for this run: its own numbers count; NaN = unknown. */
    call: new Uint8Array(64),
    inputTokens: new Float64Array(64),
    outputTokens: new Float64Array(64),
    costMicros: new Float64Array(64),
  };
}

type Spans = ReturnType<typeof noSpans>;

/**
 * A running run as the browser knows it: segments go in, each in time that depends on what changed, and the columns that
 * the viewer shows come out, the same that the server would make of all rows: by the same order and the same sums.
 */
export class LiveTrace {
  #rev = 0;
  #status: RunStatus = "pending";
  #startedAt = Infinity;
  #count = 0;
  readonly #runId: string;
  readonly #ids = new GrowingTexts();
  readonly #names = new Dictionary();
  readonly #nodeIds = new Dictionary();
  readonly #models = new Dictionary();
  #spans = noSpans();

  constructor(runId: string) {
    this.#runId = runId;
  }

  get rev(): number {
    return this.#rev;
  }

  apply(segment: TraceSegment): void {
    const { columns } = segment;
    const base = segment.startedAtMs ?? Infinity;
    this.#startedAt = Math.min(this.#startedAt, base);
    // Segments have dictionaries of their own, which are read into those of the run.
    const names = segment.names.map((text) => this.#names.indexOf(text));
    const nodeIds = segment.nodeIds.map((text) => this.#nodeIds.indexOf(text));
    const models = segment.models.map((text) => this.#models.indexOf(text));
    const codes = codesOf(columns);
    for (let row = 0; row < segment.count; row++) {
      const parentId = columns.parentId[row] ?? null;
      const parent = parentId === null ? -1 : this.#placeOf(parentId);
      const place = this.#placeOf(columns.id[row] ?? "");
      const spans = this.#spans;
      if (spans.known[place] === 0) this.#count++;
      spans.known[place] = 1;
      spans.parent[place] = parent;
      spans.seq[place] = columns.seq[row] ?? 0;
      const startMs = columns.startMs[row] ?? -1;
      spans.start[place] = startMs < 0 ? Infinity : base + startMs;
      spans.durationMs[place] = columns.durationMs[row] ?? -1;
      spans.kind[place] = codes.kind[row] ?? 0;
      spans.name[place] = names[columns.name[row] ?? -1] ?? -1;
      spans.node[place] = nodeIds[columns.node[row] ?? -1] ?? -1;
      spans.status[place] = codes.status[row] ?? 0;
      spans.attempt[place] = columns.attempt[row] ?? 1;
      spans.model[place] = models[columns.model[row] ?? -1] ?? -1;
      spans.effect[place] = codes.effect[row] ?? 0;
      spans.flags[place] = flagOf(columns.mutating[row], columns.reused[row]);
      spans.call[place] = columns.call[row] ? 1 : 0;
      spans.inputTokens[place] = columns.inputTokens[row] ?? Number.NaN;
      spans.outputTokens[place] = columns.outputTokens[row] ?? Number.NaN;
      spans.costMicros[place] = columns.costMicros[row] ?? Number.NaN;
    }
    this.#rev = segment.rev;
    this.#status = segment.status;
  }

  /** What is known now, in pre-order. */
  columns(): TraceColumns {
    const all = this.#spans;
    const places = this.#knownPlaces();
    const indexOf = new Int32Array(this.#ids.length).fill(-1);
    for (let index = 0; index < places.length; index++) indexOf[places[index] ?? 0] = index;
    const parentPlaces = pick(all.parent, places);
    const order = inOnePiece(
      preOrder({
        parent: parentPlaces.map((place) => (place === -1 ? -1 : (indexOf[place] ?? -1))),
        start: pick(all.start, places),
        seq: pick(all.seq, places),
      }),
    );
    const rows = pick(places, order.row);
    const calls = pick(all.call, rows);
    const sum = (numbers: Float64Array) =>
      sumSubtrees(
        order.parent,
        (row) => calls[row] === 1,
        (row) => numbers[rows[row] ?? 0] ?? null,
      );
    const [input, output] = [sum(all.inputTokens), sum(all.outputTokens)];
    const start = pick(all.start, rows);
    const startedAtMs = Number.isFinite(this.#startedAt) ? this.#startedAt : null;
    const flags = pick(all.flags, rows);
    return {
      runId: this.#runId,
      runStatus: this.#status,
      rev: this.#rev,
      count: rows.length,
      // Copies: those that are shown must not grow.
      names: [...this.#names.values],
      nodeIds: [...this.#nodeIds.values],
      titles: [],
      models: [...this.#models.values],
      id: new OrderedTexts(this.#ids, rows),
      key: null,
      parent: order.parent,
      depth: order.depth,
      size: order.size,
      kind: pick(all.kind, rows),
      name: pick(all.name, rows),
      node: pick(all.node, rows),
      status: pick(all.status, rows),
      ...onOwnAxis(
        startedAtMs,
        start.map((at) => (Number.isFinite(at) && startedAtMs !== null ? at - startedAtMs : -1)),
        flags,
      ),
      durationMs: pick(all.durationMs, rows),
      attempt: pick(all.attempt, rows),
      model: pick(all.model, rows),
      tokens: input.map((sent, row) => tokensOf(sent, output[row] ?? Number.NaN)),
      costMicros: sum(all.costMicros).map((cost) => (Number.isNaN(cost) ? unknownNumber : cost)),
      effect: pick(all.effect, rows),
      flags,
    };
  }

  #placeOf(id: string): number {
    const place = this.#ids.add(id);
    if (place >= this.#spans.known.length)
      this.#spans = Object.fromEntries(
        Object.entries(this.#spans).map(([name, column]) => [name, withRoom(column, place + 1)]),
      ) as Spans;
    return place;
  }

  /** Of the spans that came themselves, in the order of their places. */
  #knownPlaces(): Int32Array {
    const places = new Int32Array(this.#count);
    let next = 0;
    for (let place = 0; next < this.#count; place++)
      if (this.#spans.known[place] === 1) {
        places[next] = place;
        next += 1;
      }
    return places;
  }
}

/** Input and output together; unknown only when both are. */
function tokensOf(input: number, output: number): number {
  if (Number.isNaN(input) && Number.isNaN(output)) return unknownNumber;
  return (Number.isNaN(input) ? 0 : input) + (Number.isNaN(output) ? 0 : output);
}

/** `column[index]` for each index. */
function pick<Column extends Uint8Array | Int32Array | Float64Array>(column: Column, indexes: Int32Array): Column {
  const picked = new (column.constructor as new (length: number) => Column)(indexes.length);
  for (let at = 0; at < indexes.length; at++) picked[at] = column[indexes[at] ?? 0] ?? 0;
  return picked;
}
