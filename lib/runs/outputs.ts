import { database } from "#/db/client.ts";
import type { Json, JsonObject } from "#/lib/contract/json.ts";
import type { Reads } from "./node-reads.ts";
import { readFault } from "./output-limits.ts";
import { persistently } from "./persistently.ts";
import { nodeFacts } from "./place.ts";
import { outputsOf, type SpanRow } from "./span-store.ts";
import type { SpanWriter } from "./span-writer.ts";
import { StepFailure } from "./step-failure.ts";

/** Outputs up to this size stay in memory, in bytes … */
const keptBytes = 16 * 1024;
/** … and in total for a run. */
const allKeptBytes = 8 * 1024 * 1024;

/** A node that has ended. `holder`: the span that stores its output. */
type Ended = { status: "completed" | "skipped"; holder: string | null; bytes: number | null; kept?: Json };

const skipped: Ended = { status: "skipped", holder: null, bytes: 0, kept: null };

/** The nodes of one level that have ended; any other is looked up in the level around it. */
export class LevelOutputs {
  readonly #ended = new Map<string, Ended>();
  readonly #outer: LevelOutputs | null;

  constructor(outer: LevelOutputs | null = null) {
    this.#outer = outer;
  }

  set(nodeId: string, ended: Ended): void {
    this.#ended.set(nodeId, ended);
  }

  get(nodeId: string): Ended | undefined {
    return this.#ended.get(nodeId) ?? this.#outer?.get(nodeId);
  }

  /** Those of the named nodes (with `all`, of any) that have ended. */
  named(reads: Reads): [id: string, ended: Ended][] {
    const ids = reads.all ? this.#ids() : reads.ids;
    return [...ids].flatMap((id): [string, Ended][] => {
      const ended = this.get(id);
      return ended ? [[id, ended]] : [];
    });
  }

  #ids(): Set<string> {
    return new Set([...(this.#outer ? this.#outer.#ids() : []), ...this.#ended.keys()]);
  }
}

type Loading = { output: Promise<Json>; users: number };

/**
 * The outputs of a held run. Small ones stay in memory. Others are read while a step uses them, once for all that use
 * them at the same time, and then released.
 */
export class Outputs {
  readonly #workspaceId: string;
  readonly #committed: () => Promise<void>;
  readonly #loading = new Map<string, Loading>();
  #kept = 0;
  #holdsAltered = false;

  /** `committed` resolves when everything put out so far is stored. */
  constructor(workspaceId: string, committed: () => Promise<void>) {
    this.#workspaceId = workspaceId;
    this.#committed = committed;
  }

  /**
   * Notes that a node has ended, and its output. An output that is stored with marks in place of secrets is kept in
   * memory as it is while there is room: what this worker would read back later differs.
   */
  add(level: LevelOutputs, nodeId: string, stored: ReturnType<SpanWriter["storedAt"]>, output: Json): void {
    const { id, bytes = null, isAltered = false } = stored;
    this.#holdsAltered ||= isAltered;
    const isKept = this.#mayKeep(bytes, isAltered ? allKeptBytes : keptBytes);
    level.set(nodeId, { status: "completed", holder: id, bytes, ...(isKept ? { kept: output } : {}) });
  }

  /** Whether another holder of the run would read some outputs with marks where this one has secrets. */
  get holdsAltered(): boolean {
    return this.#holdsAltered;
  }

  skip(level: LevelOutputs, nodeId: string): void {
    level.set(nodeId, skipped);
  }

  /** Notes nodes that an earlier holder ended, or that this run reuses from another; reads the small outputs. */
  async restore(level: LevelOutputs, rows: readonly SpanRow[]): Promise<void> {
    const done = rows.filter(({ status }) => status === "completed");
    const small = done.filter(({ outputBytes }) => this.#mayKeep(outputBytes));
    const outputs = await outputsOf(database(), this.#workspaceId, small.map(holderOf));
    for (const { nodeId, status } of rows) if (status === "skipped") level.set(nodeId, skipped);
    for (const row of done) {
      const holder = holderOf(row);
      const kept = outputs.get(holder);
      level.set(row.nodeId, {
        status: "completed",
        holder,
        bytes: row.outputBytes,
        ...(kept === undefined ? {} : { kept }),
      });
    }
  }

  /**
   * Does work that sees `nodes` as expressions do: the nodes of `reads` that have ended, each with its output and
   * status. Throws StepFailure `run_too_large` when `reader` would have to hold too much at once.
   */
  async using<T>(
    level: LevelOutputs,
    reads: Reads,
    reader: string,
    work: (nodes: { [id: string]: JsonObject }) => Promise<T>,
  ): Promise<T> {
    const named = level.named(reads);
    const stored = [
      ...new Set(named.flatMap(([, { holder, kept }]) => (kept === undefined && holder ? [holder] : []))),
    ];
    if (stored.length === 0) return work(factsOf(named, new Map()));
    const bytes = named.reduce((sum, [, ended]) => sum + (ended.kept === undefined ? (ended.bytes ?? 0) : 0), 0);
    const fault = readFault(reader, bytes);
    if (fault !== null) throw new StepFailure("run_too_large", fault);
    await this.#committed();
    try {
      const outputs = await Promise.all(stored.map(async (holder) => [holder, await this.#hold(holder)] as const));
      return await work(factsOf(named, new Map(outputs)));
    } finally {
      for (const holder of stored) this.#letGo(holder);
    }
  }

  #mayKeep(bytes: number | null, most = keptBytes): boolean {
    if (bytes === null || bytes > most || this.#kept + bytes > allKeptBytes) return false;
    this.#kept += bytes;
    return true;
  }

  #hold(holder: string): Promise<Json> {
    const known = this.#loading.get(holder) ?? { output: this.#load(holder), users: 0 };
    known.users++;
    this.#loading.set(holder, known);
    return known.output;
  }

  #letGo(holder: string): void {
    const known = this.#loading.get(holder);
    if (known && --known.users === 0) this.#loading.delete(holder);
  }

  async #load(holder: string): Promise<Json> {
    const outputs = await persistently(() => outputsOf(database(), this.#workspaceId, [holder]));
    return outputs.get(holder) ?? null;
  }
}

function holderOf(row: SpanRow): string {
  return row.reusedSpan ?? row.id;
}

function factsOf(named: [string, Ended][], outputs: ReadonlyMap<string, Json>): { [id: string]: JsonObject } {
  return Object.fromEntries(
    named.map(([id, { status, holder, kept }]) => [id, nodeFacts(status, kept ?? outputs.get(holder ?? "") ?? null)]),
  );
}
