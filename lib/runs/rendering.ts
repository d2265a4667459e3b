import { inTurn } from "#/lib/core/loop-turns.ts";
import { Budget } from "#/lib/expressions/cel-fault.ts";

/**
 * How the templates of one step are filled: all share one budget of steps, and each takes a turn of its workspace. What
 * identifies a call in the record has a second budget, so that a call that can be made does not fail because of it.
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
