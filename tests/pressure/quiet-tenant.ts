import { type ChildProcess, fork } from "node:child_process";
import type { QuietQuestion, QuietSamples, QuietTask } from "./quiet-tenant-process.ts";

/**
 * The tenant whose waiting is measured. It lives in a process and a session of its own: neither what the attackers do nor that
 * they yield the processor may delay its clock.
 */
export class QuietTenant {
  readonly #process: ChildProcess;
  readonly #task: QuietTask;

  constructor(task: QuietTask) {
    this.#task = task;
    this.#process = fork(new URL("quiet-tenant-process.ts", import.meta.url), { detached: true, execArgv: [] });
  }

  /** Uses the product for `ms`, and gives how long each thing took. */
  measure(ms: number): Promise<QuietSamples> {
    return new Promise((resolve, reject) => {
      const ended = () => reject(new Error("the quiet tenant's process ended"));
      this.#process.once("exit", ended);
      this.#process.once("message", (samples) => {
        this.#process.off("exit", ended);
        resolve(samples as QuietSamples);
      });
      this.#process.send({ task: this.#task, ms } satisfies QuietQuestion);
    });
  }

  stop(): void {
    this.#process.kill("SIGKILL");
  }
}
