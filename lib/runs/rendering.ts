import { inTurn } from "#/lib/core/loop-turns.ts";
import { Budget } from "#/lib/expressions/cel-fault.ts";
import { shortRun } from "./long-runs.ts";
import type { Session } from "./session.ts";

/**
 * How the templates of one step are filled: all share one budget of steps, and each takes a turn of its workspace. What
 * identifies a call in the record has a second budget, so that a call that can be made does not fail because of it.
 */
export class Rendering {
  readonly #session: Pick<Session, "workspace" | "foundLong">;
  readonly #real = new Budget();
  readonly #stable = new Budget();

  constructor(session: Pick<Session, "workspace" | "foundLong">) {
    this.#session = session;
  }

  /** Fills templates as the step needs them. Rejects with what `fill` throws. */
  real<T>(fill: (steps: Budget) => T): Promise<T> {
    return this.#filled(fill, this.#real);
  }

  /** Fills templates without what differs from run to run (stable-parts.ts). Rejects with what `fill` throws. */
  stable<T>(fill: (steps: Budget) => T): Promise<T> {
    return this.#filled(fill, this.#stable);
  }

  #filled<T>(fill: (steps: Budget) => T, steps: Budget): Promise<T> {
    const { workspace, foundLong } = this.#session;
    return inTurn(workspace.id, () => {
      try {
        return fill(steps);
      } finally {
        if (steps.used > shortRun.expressionSteps) foundLong();
      }
    });
  }
}
