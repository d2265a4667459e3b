import type { BackgroundProcess } from "./background-process.ts";
import { removeDemoRecord, writeDemoRecord } from "./demo-record.ts";
import type { Database } from "./postgres.ts";
import { identityOf } from "./process-identity.ts";

/** Enough for the runs of a demo; what a killed worker had in hand goes on at the next start. */
const graceMs = 8_000;

/**
 * What one run of the demo has started, in the order in which it has to be ended, and on record from the moment it
 * runs so that it can be found after a kill -9.
 */
export class DemoSession {
  readonly #serving = new Map<string, BackgroundProcess>();
  readonly #behind = new Map<string, BackgroundProcess>();
  #database: Promise<Database> | null = null;
  #databasePid: number | null = null;
  readonly #url: string;
  readonly stopping = new AbortController();

  constructor(url: string) {
    this.#url = url;
    this.#record();
  }

  /** @param inheritedPid the server that an earlier, killed demo had started; then it counts as ours */
  async ownDatabase(database: Promise<Database>, inheritedPid: number | null): Promise<Database> {
    this.#database = database;
    const { startedByUs, pid } = await database;
    if (startedByUs || (pid !== null && pid === inheritedPid)) this.#databasePid = pid;
    this.#record();
    return database;
  }

  /** A server that had to be started again in the middle of the demo is the demo's, whoever had started the first. */
  databaseRestarted({ pid }: Database): void {
    this.#databasePid = pid;
    this.#record();
  }

  /** @param role web and worker end first, then the servers behind them */
  add(process: BackgroundProcess, role: "serving" | "behind"): void {
    (role === "serving" ? this.#serving : this.#behind).set(process.name, process);
    this.#record();
    // Asked to end while it was being started.
    if (this.stopping.signal.aborted) void process.stop(0);
  }

  /** Ends everything that this demo started; the embedded database only if it was not running before. */
  async end(): Promise<void> {
    this.stopping.abort();
    await stopAll(this.#serving);
    await stopAll(this.#behind);
    const database = await this.#database?.catch(() => null);
    if (database && (database.startedByUs || this.#databasePid !== null)) await database.stop();
    removeDemoRecord();
  }

  #record(): void {
    const processes = [...this.#serving.values(), ...this.#behind.values()].flatMap(({ identity, script }) =>
      identity ? [{ identity, script }] : [],
    );
    writeDemoRecord({ launcher: identityOf(process.pid), url: this.#url, processes, databasePid: this.#databasePid });
  }
}

async function stopAll(processes: Map<string, BackgroundProcess>): Promise<void> {
  await Promise.all([...processes.values()].map((process) => process.stop(graceMs)));
}
