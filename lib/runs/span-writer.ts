import { setImmediate as nextTurn } from "node:timers/promises";
import type { Json } from "#/lib/contract/json.ts";
import { now } from "#/lib/core/clock.ts";
import { gather } from "#/lib/core/gather.ts";
import { redactedMark } from "#/lib/core/mask-urls.ts";
import { lease } from "#/lib/queue/lease.ts";
import { announceRun } from "#/lib/queue/notify.ts";
import { newId } from "#/lib/core/ids.ts";
import { holdingsOf } from "./claim-store.ts";
import { observeCommit, observeSpan } from "./engine-metrics.ts";
import { logLinesOf, type LogDraft, type SpanMoment } from "./log-lines.ts";
import { shortRun } from "./long-runs.ts";
import { keptInput, outputFault, outputSize, spansFault, valuesFault } from "./output-limits.ts";
import { persistently } from "./persistently.ts";
import { type CleanSpan, redact, redactJson, TooManyValues } from "./redact.ts";
import type { SpanRecord } from "./span-record.ts";
import {
  bodySize,
  bodyTexts,
  spanWrite,
  writeSpans,
  type NumberedLine,
  type SpanRow,
  type SpanState,
  type SpanWrite,
  type WaitEvent,
  type Written,
} from "./span-store.ts";
import { standingEffect } from "./standing-effect.ts";
import { StepFailure } from "./step-failure.ts";
import { isStep } from "./step-view.ts";

/** More lines than any change of a span brings. */
const linesPerChange = 100;
/** What a statement takes, and what may be noted before someone waits for a commit. */
const mostAtOnce = 100;
/** In characters: a statement holds them several times over until it is sent. */
const largestBatch = 4 * 1024 * 1024;
/** How long a note waits for others, if nobody asks for its commit: too short to see in a live trace. */
const noteRestMs = 10;

/** The run is no longer held by this worker: stop, and write nothing more. */
export class RunLost extends Error {}

/** A span to write; the writer gives its id and numbers. */
export type SpanDraft = Pick<SpanRecord, "key" | "kind" | "nodeId" | "name"> &
  Partial<Omit<SpanRecord, "id" | "seq" | "startRev">>;

/** What a writer continues with: the next order number, the run's counter, and the spans of earlier holders by key. */
export type WriterStart = {
  seq: number;
  rev: number;
  earlier: ReadonlyMap<string, SpanRow>;
  /** performance.now() of a moment at which the run was held. */
  claimedAt: number;
};

/** `control`: what someone has asked of the run; `long`: what is written makes it a long one (long-runs.ts). */
export type WriterEvents = { control: (control: "cancel" | "pause") => void; long: () => unknown };

/** `bytes`: the size of an output (output-limits.ts). `isAltered`: what is stored has marks in place of secrets. */
type Stored = { bytes?: number; isAltered?: boolean };

/** What is written of a span once it is cleaned of secrets; or why its output is refused. */
type Cleaned = { record: SpanState; lines: LogDraft[] } | { refused: StepFailure };
/** A write in its place in the order. */
type Pending = {
  key: string;
  clean: Promise<Cleaned>;
  resolve: () => void;
  reject: (error: unknown) => void;
};

/**
 * Writes the spans of one held run, one statement at a time. What parallel branches produce while a statement is under
 * way goes into the next one together, along with the writes of other runs of this process. So numbers of the run's
 * counter commit in order, and a reader's cursor misses none.
 */
export class SpanWriter {
  readonly #pending: Pending[] = [];
  /** Writes what was noted meanwhile. */
  #later: NodeJS.Timeout | undefined;
  /** Resolves when nothing is pending any more. */
  #flushing: Promise<void> | null = null;
  /** A write failed: nothing after it may commit, or the run's history would have a hole. */
  #broken: unknown = null;
  /** When (performance.now) the last check began that found the run held by this worker. */
  #seenHeldAt: number;
  /** What the run's own steps have put out, in bytes; reused outputs do not count. */
  #outputBytes: number;
  #nextSeq: number;
  #counter: number;
  readonly #held: { id: string; workspaceId: string; owner: string };
  #secrets: readonly string[];
  readonly #on: WriterEvents;
  readonly #earlier: ReadonlyMap<string, SpanRow>;
  readonly #ids = new Map<string, string>();
  readonly #written = new Map<string, Stored>();

  constructor(
    held: { id: string; workspaceId: string; owner: string },
    start: WriterStart,
    secrets: readonly string[],
    on: WriterEvents,
  ) {
    this.#held = held;
    this.#nextSeq = start.seq;
    this.#counter = start.rev;
    this.#earlier = start.earlier;
    this.#outputBytes = [...start.earlier.values()].reduce((sum, row) => sum + ownBytes(row), 0);
    this.#seenHeldAt = start.claimedAt;
    this.#secrets = secrets;
    this.#on = on;
  }

  /** Never written: replaced in bodies, names and errors. */
  get secretValues(): readonly string[] {
    return this.#secrets;
  }

  /** A value as it is written. */
  withoutSecrets(value: Json): Promise<Json> {
    return redactJson(value, this.#secrets, this.#held.workspaceId);
  }

  /**
   * Adds secrets that a step is about to use (keys of providers, headers of MCP servers): their servers may echo them.
   */
  keepSecret(...values: string[]): void {
    const fresh = values.filter((value) => value !== "" && !this.#secrets.includes(value));
    if (fresh.length > 0) this.#secrets = [...this.#secrets, ...fresh];
  }

  /** Has this worker begun to write a span with this key? */
  hasWritten(key: string): boolean {
    return this.#written.has(key);
  }

  /** What is known of the output that this worker wrote at a key. */
  storedAt(key: string): Stored & { id: string } {
    return { ...this.#written.get(key), id: this.idAt(key) };
  }

  /**
   * Called before anything leaves for the world: resolves once what ended before is committed. Throws RunLost.
   */
  async assertHeld(): Promise<void> {
    await this.committed();
    await this.assertStillHeld();
  }

  /**
   * A worker that stood still for a while (frozen, or its machine was) may have lost the run, and must not call what
   * another has called. Throws RunLost. Waits for nothing while the run is certainly held.
   */
  async assertStillHeld(): Promise<void> {
    const askedAt = performance.now();
    if (askedAt - this.#seenHeldAt < lease.certainForMs) return;
    const { id, owner } = this.#held;
    const holding = (await persistently(() => holdingsOf([id]))).get(id);
    if (holding?.owner !== owner) throw new RunLost(`run ${id} is held by another worker`);
    this.#seenHeldAt = askedAt;
  }

  /** The id that the span at a key has, or will have: an earlier holder's, so that its row is continued. */
  idAt(key: string): string {
    const id = this.#ids.get(key) ?? this.#earlier.get(key)?.id ?? newId("span");
    this.#ids.set(key, id);
    return id;
  }

  /** Id of the span that this worker wrote at a key; null when it wrote none. */
  spanIdOf(key: string): string | null {
    return this.#written.has(key) ? this.idAt(key) : null;
  }

  /**
   * Called before work begins that will have a span of its own. What has happened is recorded however many spans there
   * are; so only work that has not begun is refused, and a span that is there already may go on. Throws a fatal
   * StepFailure `run_too_large`.
   */
  assertRoom({ key, nodeId }: Pick<SpanRecord, "key" | "nodeId">): void {
    const isThere = this.#earlier.has(key) || this.#written.has(key);
    const fault = isThere ? null : spansFault(nodeId, this.#nextSeq - 1);
    if (fault !== null) throw new StepFailure("run_too_large", fault, { fatal: true });
  }

  /** The last number given out; the run keeps it when it is let go. */
  get rev(): number {
    return this.#counter;
  }

  /** Takes the next number of the run's counter, for a lifecycle event written with the run's own row. */
  nextRev(): number {
    return ++this.#counter;
  }

  /**
   * Writes a span that is starting. Resolves, once it is committed, to the record to continue with. Throws as
   * `assertRoom` does.
   */
  async start(draft: SpanDraft): Promise<SpanRecord> {
    this.assertRoom(draft);
    return this.startCall(draft);
  }

  /** As start, for a call that `assertRoom` has let begin: it may have left, so it is written whatever began since. */
  async startCall(draft: SpanDraft): Promise<SpanRecord> {
    const record = this.#record(draft);
    await this.#write(record, record.startRev, this.#earlier.get(draft.key)?.startedAt ? "change" : "start");
    return record;
  }

  /**
   * Writes a span's end, or any later state of one that was started. Resolves when committed. Like everything that
   * writes an output, throws StepFailure `run_too_large`, and writes nothing, when the step or the run may not have
   * that output.
   */
  async update(record: SpanRecord, change: Partial<SpanRecord>): Promise<SpanRecord> {
    const changed = { ...record, ...change };
    await this.#write(changed, this.nextRev());
    return changed;
  }

  /**
   * Writes what became known of a span while it runs. It is no event, so it takes no number. Resolves when committed.
   */
  async amend(record: SpanRecord, change: Partial<SpanRecord>): Promise<SpanRecord> {
    const changed = { ...record, ...change };
    await this.#write(changed, record.startRev, "start");
    return changed;
  }

  /**
   * Writes a span that has already ended, in one go. An attempt's start is no event of its own, so it takes one number.
   */
  async append(draft: SpanDraft): Promise<SpanRecord> {
    const record = this.#record({ finishedAt: now(), ...draft });
    await this.#write(record, record.kind === "attempt" ? record.startRev : this.nextRev());
    return record;
  }

  /**
   * As append, for a step that only computed: nobody needs to wait for its commit before the next one computes. It is
   * written in order with everything else, and committed before anything leaves for the world (assertHeld) and before
   * the run is let go (committed). If it is lost with its worker, it is computed again, to the same value. Throws as
   * `assertRoom` does.
   */
  async note(draft: SpanDraft): Promise<void> {
    this.assertRoom(draft);
    const record = this.#record({ finishedAt: now(), ...draft });
    const { clean, written } = this.#enqueue(record, this.nextRev(), "change");
    written.catch(() => {});
    // A failure to write is reported by the commit that somebody waits for.
    const ready = await clean.catch(() => null);
    if (ready && "refused" in ready) throw ready.refused;
    // Large writes do not wait for others: they would pile up.
    if (this.#pending.length >= mostAtOnce || (record.outputBytes ?? 0) > largestShared) return this.committed();
    this.#later ??= setTimeout(() => this.#flushNow(), noteRestMs);
    await nextTurn();
  }

  /** Resolves when everything written so far is committed; throws what prevented it. */
  async committed(): Promise<void> {
    this.#flushNow();
    await this.#flushing;
    if (this.#broken !== null) throw this.#broken;
  }

  /** What to write to end a span that an earlier holder started and left. Writes nothing itself. */
  takeOver(draft: SpanDraft): SpanRecord {
    return this.#record(draft);
  }

  /**
   * A span that an earlier holder started keeps its identity, its start and the number of its start. If it was left
   * live it stays live, even where this holder refuses or skips it before its next attempt.
   */
  #record(draft: SpanDraft): SpanRecord {
    const earlier = this.#earlier.get(draft.key);
    return {
      parentId: null,
      status: "running",
      attempt: 1,
      startedAt: now(),
      finishedAt: null,
      wakeAt: null,
      outputBytes: null,
      modelRef: null,
      answeredModel: null,
      promptArtifact: null,
      promptHash: null,
      madeCall: false,
      usage: null,
      costMicros: null,
      reused: null,
      error: null,
      ...draft,
      effect: draft.effect?.verdict === "live" ? draft.effect : (standingEffect(earlier) ?? draft.effect ?? null),
      ...(earlier?.startedAt ? { startedAt: earlier.startedAt } : {}),
      id: this.idAt(draft.key),
      seq: earlier?.seq ?? this.#nextSeq++,
      startRev: earlier?.startedAt ? earlier.startRev : this.nextRev(),
    };
  }

  #write(record: SpanRecord, rev: number, moment: SpanMoment = "change"): Promise<void> {
    const { written } = this.#enqueue(record, rev, moment);
    this.#flushNow();
    return written;
  }

  #enqueue(record: SpanRecord, rev: number, moment: SpanMoment): { clean: Promise<Cleaned>; written: Promise<void> } {
    const { key } = record;
    const before = this.#written.get(key);
    this.#written.set(key, before ?? {});
    const clean =
      this.#broken === null
        ? redact(record, this.secretValues, this.#held.workspaceId).then(
            (span) => this.#made(record, span, rev, moment),
            (error: unknown) => refusal(record, error),
          )
        : Promise.reject(this.#broken as Error);
    clean.then(
      (made) => "refused" in made && before === undefined && this.#written.delete(key),
      () => {},
    );
    const written = new Promise<void>((resolve, reject) => {
      if (this.#broken === null) this.#pending.push({ key, clean, resolve, reject });
      else reject(this.#broken);
    });
    return { clean, written };
  }

  /** Only the texts of bodies are kept until they are written. */
  #made(record: SpanRecord, cleaned: CleanSpan, rev: number, moment: SpanMoment): Cleaned {
    const { outputValues, ...clean } = cleaned;
    const bodies = bodyTexts(clean);
    if (bodies?.input) bodies.input = keptInput(bodies.input);
    if (bodies?.output) {
      const bytes = outputSize(Buffer.byteLength(bodies.output), outputValues);
      const fault = outputFault(record.nodeId, bytes, this.#outputBytes);
      if (fault !== null) return { refused: new StepFailure("run_too_large", fault) };
      this.#outputBytes += bytes;
      record.outputBytes = bytes;
      this.#written.set(record.key, { bytes, isAltered: isAltered(record, bodies.output) });
    }
    if (this.#written.size > shortRun.spans || (record.outputBytes ?? 0) > shortRun.bytes) this.#on.long();
    if (bodies !== null && bodySize(bodies) > shortRun.bytes) this.#on.long();
    const { input: _input, output: _output, attributes: _attributes, ...narrow } = clean;
    const state: SpanState = { ...narrow, outputBytes: record.outputBytes, rev, bodies };
    return { record: state, lines: logLinesOf(clean, moment) };
  }

  #flushNow(): void {
    clearTimeout(this.#later);
    this.#later = undefined;
    if (this.#pending.length > 0) this.#flushing ??= this.#flush();
  }

  async #flush(): Promise<void> {
    while (this.#pending.length > 0) {
      const batch = this.#takeBatch();
      try {
        for (const part of inParts(await made(batch))) await this.#commit(part);
      } catch (error) {
        this.#broken = error;
        for (const entry of [...batch, ...this.#pending.splice(0)]) entry.reject(error);
      }
    }
    this.#flushing = null;
  }

  async #commit(part: Made[]): Promise<void> {
    const records = part.map(({ record }) => record);
    const lines = part.flatMap(({ record, lines: ofRecord }) => numbered(record, ofRecord));
    const sentAt = performance.now();
    const answer = await commit(spanWrite(this.#held, records, lines, records.flatMap(waitEvents)));
    observeCommit(performance.now() - sentAt);
    if (!answer) throw new RunLost(`run ${this.#held.id} is held by another worker`);
    this.#seenHeldAt = sentAt;
    if (answer.control) this.#on.control(answer.control);
    announceRun(this.#held.id);
    records.forEach(observeSpan);
    for (const { resolve } of part) resolve();
  }

  /** Up to `mostAtOnce` pending writes, but each span only once: a statement cannot upsert the same row twice. */
  #takeBatch(): Pending[] {
    const keys = new Set<string>();
    let size = 0;
    while (size < this.#pending.length && size < mostAtOnce) {
      const key = this.#pending[size]?.key ?? "";
      if (keys.has(key)) break;
      keys.add(key);
      size++;
    }
    return this.#pending.splice(0, size);
  }
}

type Made = { record: SpanState; lines: LogDraft[]; resolve: () => void };

/** What to write of a batch; whoever put out more than it may is told. */
async function made(batch: Pending[]): Promise<Made[]> {
  const cleaned = await Promise.all(batch.map(({ clean }) => clean));
  return batch.flatMap(({ resolve, reject }, at): Made[] => {
    const one = cleaned[at];
    if (one && "record" in one) return [{ ...one, resolve }];
    reject(one?.refused);
    return [];
  });
}

/** Parts of up to `largestBatch`, in order. */
function inParts(all: Made[]): Made[][] {
  const parts: Made[][] = [];
  let size = 0;
  for (const one of all) {
    const more = one.record.bodies ? bodySize(one.record.bodies) : 0;
    const part = parts.at(-1);
    if (part && size + more <= largestBatch) part.push(one);
    else parts.push([one]);
    size = (part === parts.at(-1) ? size : 0) + more;
  }
  return parts;
}

function refusal({ nodeId }: SpanRecord, error: unknown): Cleaned {
  if (!(error instanceof TooManyValues)) throw error;
  return { refused: new StepFailure("run_too_large", valuesFault(nodeId)) };
}

function isAltered({ output }: SpanRecord, stored: string): boolean {
  return stored.includes(redactedMark) && JSON.stringify(output) !== stored;
}

function ownBytes({ outputBytes, reusedSpan }: SpanRow): number {
  return reusedSpan === null ? (outputBytes ?? 0) : 0;
}

/** More runs in a statement would make the first of them wait for long. */
const mostRuns = 25;
/** In characters. A larger write travels alone, so that nobody else waits until it is sent. */
const largestShared = 65_536;

/** Runs in this process's hands that write at the same time share a statement, and its commit. */
const writeTogether = gather<SpanWrite, Written | null>(writeSpans, mostRuns);

/** Null when the run is no longer held by its owner. */
function commit(write: SpanWrite): Promise<Written | null> {
  return persistently(async () => {
    const answer = write.size > largestShared ? null : await writeTogether(write);
    return answer ?? (await writeSpans([write]))[0] ?? null;
  });
}

/**
 * For spans that began to wait after their start: that change has an event's number. One that waits from its start has
 * none.
 */
function waitEvents(span: SpanState): WaitEvent[] {
  if (span.status !== "waiting" || span.rev === span.startRev) return [];
  const type = `${isStep(span) ? "step" : span.kind}.waiting`;
  return [{ seq: span.rev, type, data: { nodeId: span.nodeId, spanId: span.id, key: span.key } }];
}

/** Lines get their numbers from the span's change, so that they need no counter of their own. */
function numbered(span: SpanState, lines: LogDraft[]): NumberedLine[] {
  const at = now();
  return lines.map((line, index) => ({
    ...line,
    at,
    seq: span.rev * linesPerChange + index,
    spanId: span.id,
    nodeId: span.nodeId,
  }));
}
