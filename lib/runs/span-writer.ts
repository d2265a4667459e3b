import { announceRun } from "#/lib/queue/notify.ts";
import { newId } from "#/lib/core/ids.ts";
import { redact } from "./redact.ts";
import type { SpanRecord } from "./span-record.ts";
import { writeSpans } from "./span-store.ts";

/** The run is no longer held by this worker: stop, and write nothing more. */
export class RunLost extends Error {}

export type SpanDraft = Pick<SpanRecord, "key" | "kind" | "nodeId" | "name"> & Partial<SpanRecord>;

type Pending = { record: SpanRecord & { rev: number }; resolve: () => void; reject: (error: unknown) => void };

/**
 * Writes the spans of one held run, one statement at a time: what parallel branches produce while a statement is under
 * way goes into the next one together. So numbers of the run's counter commit in order, and a reader's cursor misses none.
 */
export class SpanWriter {
  private readonly pending: Pending[] = [];
  private flushing = false;
  private nextSeq: number;
  private counter: number;
  private readonly held: { id: string; workspaceId: string; owner: string };
  /** Never written: replaced in bodies, names and errors. */
  readonly secretValues: readonly string[];
  private readonly onControl: (control: "cancel" | "pause") => void;

  constructor(
    held: { id: string; workspaceId: string; owner: string },
    start: { seq: number; rev: number },
    secrets: readonly string[],
    onControl: (control: "cancel" | "pause") => void,
  ) {
    this.held = held;
    this.nextSeq = start.seq;
    this.counter = start.rev;
    this.secretValues = secrets;
    this.onControl = onControl;
  }

  private readonly ids = new Map<string, string>();

  /** Has this worker begun to write a span with that key? */
  hasWritten(key: string): boolean {
    return this.ids.has(key);
  }

  /** Id of the span that this worker wrote at a key; null when it wrote none. */
  spanIdOf(key: string): string | null {
    return this.ids.get(key) ?? null;
  }

  /** Last number given out; what the run keeps when it is let go. */
  get rev(): number {
    return this.counter;
  }

  /** Takes the next number of the run's counter, for a lifecycle event written with the run's own row. */
  nextRev(): number {
    return ++this.counter;
  }

  /** Writes a span that is starting and resolves, when it is committed, to the record to go on with. */
  async start(draft: SpanDraft): Promise<SpanRecord> {
    const record = this.record(draft);
    await this.write(record, record.startRev);
    return record;
  }

  /** Writes a span's end, or any later state of one that was started. Resolves when committed. */
  async update(record: SpanRecord, change: Partial<SpanRecord>): Promise<SpanRecord> {
    const changed = { ...record, ...change };
    await this.write(changed, this.nextRev());
    return changed;
  }

  /** Writes a span that has ended already, in one go. */
  async append(draft: SpanDraft): Promise<SpanRecord> {
    const record = this.record({ finishedAt: new Date(), ...draft });
    await this.write(record, this.nextRev());
    return record;
  }

  private record(draft: SpanDraft): SpanRecord {
    return {
      id: newId("span"),
      parentId: null,
      status: "running",
      attempt: 1,
      seq: this.nextSeq++,
      startRev: this.nextRev(),
      startedAt: new Date(),
      finishedAt: null,
      modelRef: null,
      promptArtifact: null,
      promptHash: null,
      madeCall: false,
      usage: null,
      costMicros: null,
      effect: null,
      reused: null,
      error: null,
      ...draft,
    };
  }

  private write(record: SpanRecord, rev: number): Promise<void> {
    this.ids.set(record.key, record.id);
    return new Promise((resolve, reject) => {
      this.pending.push({ record: { ...redact(record, this.secretValues), rev }, resolve, reject });
      if (!this.flushing) void this.flush();
    });
  }

  private async flush(): Promise<void> {
    this.flushing = true;
    while (this.pending.length > 0) {
      const batch = this.takeBatch();
      try {
        const answer = await writeSpans(
          this.held,
          batch.map((entry) => entry.record),
        );
        if (!answer) throw new RunLost(`run ${this.held.id} is held by another worker`);
        if (answer.control) this.onControl(answer.control);
        announceRun(this.held.id);
        for (const entry of batch) entry.resolve();
      } catch (error) {
        for (const entry of batch) entry.reject(error);
      }
    }
    this.flushing = false;
  }

  /** Up to 100 pending writes, but one span only once: a statement cannot upsert the same row twice. */
  private takeBatch(): Pending[] {
    const keys = new Set<string>();
    let size = 0;
    while (size < this.pending.length && size < 100) {
      const key = this.pending[size]?.record.key ?? "";
      if (keys.has(key)) break;
      keys.add(key);
      size++;
    }
    return this.pending.splice(0, size);
  }
}
