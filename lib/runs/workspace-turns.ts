import { setTimeout as sleep } from "node:timers/promises";
import { logger } from "#/lib/core/logger.ts";
import { RoundRobin } from "#/lib/core/round-robin.ts";

/** Workspaces attended to at the same time; each may have to wait for its lock. */
const atOnce = 4;
const longestTurnMs = 500;

/**
 * Does work for runs of many workspaces, so that none of these holds up the others. They take turns run by run; one
 * that waits for its lock delays only itself, and a run that cannot be attended to is left to a later turn.
 */
export class WorkspaceTurns {
  readonly #busy = new Set<string>();
  readonly #turnMs: number;

  constructor(turnMs = longestTurnMs) {
    this.#turnMs = turnMs;
  }

  /** Workspaces that are being attended to now, perhaps since an earlier turn. */
  get busy(): string[] {
    return [...this.#busy];
  }

  /** Works for at most half a second; what has not begun by then is dropped. Failures are logged. */
  async attend<T extends { id: string; workspaceId: string }>(
    runs: readonly T[],
    work: (run: T) => Promise<void>,
  ): Promise<void> {
    const waiting = new RoundRobin<T>();
    for (const run of runs) waiting.push(run.workspaceId, run);
    let isOver = false;
    const lane = async () => {
      while (!isOver) {
        const run = waiting.shift((workspaceId) => !this.#busy.has(workspaceId));
        if (!run) return;
        this.#busy.add(run.workspaceId);
        await work(run).catch((error: unknown) => logger.error({ err: error, runId: run.id }, "waking a run failed"));
        this.#busy.delete(run.workspaceId);
      }
    };
    const lanes = Array.from({ length: atOnce - this.#busy.size }, lane);
    await Promise.race([Promise.all(lanes), sleep(this.#turnMs, undefined, { ref: false })]);
    isOver = true;
  }
}
