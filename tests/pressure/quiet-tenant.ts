import { Worker } from "node:worker_threads";
import type { QuietSamples, QuietTask } from "./quiet-tenant-thread.ts";

/** The tenant whose waiting is measured. It lives in a thread of its own: what the attackers do must not delay its clock. */
export class QuietTenant {
  readonly #thread: Worker;

  constructor(task: QuietTask) {
    this.#thread = new Worker(new URL("quiet-tenant-thread.ts", import.meta.url), { workerData: task, execArgv: [] });
  }

  /** Uses the product for `ms`, and gives how long each thing took. */
  measure(ms: number): Promise<QuietSamples> {
    return new Promise((resolve, reject) => {
      this.#thread.once("error", reject);
      this.#thread.once("message", (samples: QuietSamples) => {
        this.#thread.off("error", reject);
        resolve(samples);
      });
      this.#thread.postMessage(ms);
    });
  }

  async stop(): Promise<void> {
    await this.#thread.terminate();
  }
}
