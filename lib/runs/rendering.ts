import { inTurn } from "#/lib/core/loop-turns.ts";
import { Budget } from "#/lib/expressions/cel-fault.ts";

/**
 * How the templates of one step are filled: all by one budget of steps, each in a turn of its workspace. What the record knows
 * a call by has a second budget, so that a call which can be made does not fail of it.
 */
export class Rendering {
  readonly #workspaceId: string;
  readonly #real = new Budget();
  readonly #stable = new Budget();

  constructor(workspaceId: string) {
    this.#workspaceId = workspaceId;
  }

  /** Fills templates as the step needs them. Rejects with what `fill` throws. */
  real<T>(fill: (steps: Budget) => T): Promise<T> {
    return inTurn(this.#workspaceId, () => fill(this.#real));
  }

  /** Fills templates without what differs from run to run (stable-parts.ts). Rejects with what `fill` throws. */
  stable<T>(fill: (steps: Budget) => T): Promise<T> {
    return inTurn(this.#workspaceId, () => fill(this.#stable));
  }
}
