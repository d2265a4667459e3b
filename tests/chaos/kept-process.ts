import { setTimeout as sleep } from "node:timers/promises";
import type { BackgroundProcess } from "#/lib/launcher/background-process.ts";
import { signal } from "#/lib/launcher/process-identity.ts";

const living = new Set<BackgroundProcess>();
// However the chaos run ends, nothing of it stays behind.
process.once("exit", () => {
  for (const { pid, hasExited } of living) if (!hasExited()) signal(-pid, "SIGKILL");
});

/** A process that is started again whenever it ends, as an operator's supervisor does. */
export class KeptProcess {
  readonly name: string;
  deaths = 0;
  readonly #start: () => BackgroundProcess;
  #current: BackgroundProcess;
  #frozen = false;
  #stopping = false;
  readonly #kept: Promise<void>;

  constructor(name: string, start: () => BackgroundProcess) {
    this.name = name;
    this.#start = start;
    this.#current = this.#begin();
    this.#kept = this.#keep();
  }

  get process(): BackgroundProcess {
    return this.#current;
  }

  get isUp(): boolean {
    return !this.#current.hasExited() && !this.#frozen;
  }

  /** kill -9; resolves when it is gone. The next one starts by itself. */
  async kill(): Promise<void> {
    const victim = this.#current;
    this.#signal("SIGKILL");
    await victim.exited;
  }

  /** Stops the process where it stands for `ms`, then lets it go on. */
  async freeze(ms: number): Promise<void> {
    this.#frozen = true;
    this.#signal("SIGSTOP");
    await sleep(ms);
    this.#signal("SIGCONT");
    this.#frozen = false;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#signal("SIGCONT");
    await this.#current.stop(5000);
    await this.#kept;
  }

  #signal(name: NodeJS.Signals): void {
    if (!this.#current.hasExited()) process.kill(this.#current.pid, name);
  }

  #begin(): BackgroundProcess {
    const begun = this.#start();
    living.add(begun);
    void begun.exited.then(() => living.delete(begun));
    return begun;
  }

  async #keep(): Promise<void> {
    for (;;) {
      await this.#current.exited;
      if (this.#stopping) return;
      this.deaths++;
      await sleep(300);
      if (this.#stopping) return;
      this.#current = this.#begin();
    }
  }
}
