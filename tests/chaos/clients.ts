import { setTimeout as sleep } from "node:timers/promises";
import { Reprise, RepriseError } from "#/lib/sdk/client.ts";
import type { HttpWatch } from "./http-watch.ts";
import type { Random } from "./random.ts";
import type { ChaosWorkspace, Stage } from "./stage.ts";

const betweenTriesMs = 400;

/** No answer that says whether it was done, before the time was up. */
export class NeverAnswered extends Error {}

/** The SDK as customers use it; behind its own retries the same request goes on at any web process until it is answered. */
export class Clients {
  readonly #stage: Stage;
  readonly #watch: HttpWatch;
  readonly #random: Random;
  #giveUpAt = Infinity;

  constructor(stage: Stage, watch: HttpWatch, random: Random) {
    this.#stage = stage;
    this.#watch = watch;
    this.#random = random;
  }

  /** From `at` (performance.now) on, what was not answered never will be. */
  giveUp(at: number): void {
    this.#giveUpAt = at;
  }

  at(workspace: ChaosWorkspace, url: string): Reprise {
    return new Reprise({
      apiKey: workspace.apiKey,
      baseUrl: url,
      timeoutMs: 20_000,
      fetch: this.#watch.fetch,
    });
  }

  /** Makes a call until it is answered with success or a refusal (which is thrown). It must bear repetition. */
  async persist<T>(workspace: ChaosWorkspace, call: (client: Reprise) => Promise<T>): Promise<T> {
    for (;;) {
      const { url } = this.#random.pick(this.#stage.webs);
      try {
        return await call(this.at(workspace, url));
      } catch (error) {
        if (!mayBeRepeated(error)) throw error;
        if (performance.now() > this.#giveUpAt) throw new NeverAnswered(String(error), { cause: error });
      }
      await sleep(betweenTriesMs);
    }
  }
}

function mayBeRepeated(error: unknown): boolean {
  if (!(error instanceof RepriseError)) return false;
  const { status, code } = error;
  return status === null || status >= 500 || status === 408 || code === "idempotency_in_progress";
}
