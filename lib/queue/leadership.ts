import { randomUUID } from "node:crypto";
import { database } from "#/db/client.ts";
import { logger } from "#/lib/core/logger.ts";
import { returnLease, takeLease } from "./lease-store.ts";
import { lease } from "./lease.ts";

/**
 * One process of all leads; the others ask every few seconds whether they may. A lease in a row, not a lock of a
 * session: it passes on when its holder is frozen with its connection open, and needs no connection of its own
 * (decision 0030). A process that stood still may believe for a moment that it still leads, so what a leader does must
 * also be right when two do it.
 */
export class Leadership {
  readonly #name: string;
  readonly #holder = randomUUID();
  #leadsUntil = 0;
  #timer: NodeJS.Timeout | null = null;
  #asking: Promise<void> = Promise.resolve();

  constructor(name: string) {
    this.#name = name;
  }

  /** Does this process lead now? By its own clock, and with a margin. */
  get leads(): boolean {
    return performance.now() < this.#leadsUntil;
  }

  /** Begins to ask for the lease and to renew it. */
  start(): void {
    const ask = () => {
      this.#asking = this.#ask().catch((error: unknown) => {
        logger.error({ err: error }, "asking for the lease failed");
      });
    };
    this.#timer = setInterval(ask, lease.leaderBeatMs);
    ask();
  }

  /** Gives the lease back, so that another process leads at once. */
  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    await this.#asking;
    this.#leadsUntil = 0;
    await returnLease(database(), this.#name, this.#holder);
  }

  async #ask(): Promise<void> {
    const askedAt = performance.now();
    const isMine = await takeLease(database(), this.#name, this.#holder, lease.leaderMs);
    this.#leadsUntil = isMine ? askedAt + lease.leaderMs - lease.leaderBeatMs : 0;
  }
}
