import { RestingTurns } from "#/lib/core/resting-turns.ts";

type Build<T> = { began: boolean; rev: number; result: Promise<T> };

/**
 * Builds what several readers want of one thing that goes on changing. One build of a thing is under way at a time, and
 * whoever asks meanwhile gets it if it has what they ask for, else the next one, together. An owner's builds are made one
 * after the other, each with a rest as long as it kept the processor busy.
 */
export class SharedBuilds<T> {
  readonly #turns = new RestingTurns();
  readonly #builds = new Map<string, Build<T>>();

  /**
   * A build of `key` that has at least what there was at `rev`. `build` learns the revision from `seen` before it reads
   * anything else.
   */
  get(of: { owner: string; key: string; rev: number }, build: (seen: (rev: number) => void) => Promise<T>): Promise<T> {
    const known = this.#builds.get(of.key);
    if (known && (!known.began || known.rev >= of.rev)) return known.result;
    const state = { began: false, rev: 0 };
    const result = this.#turns.take(of.owner, () => {
      state.began = true;
      return build((rev) => (state.rev = rev));
    });
    const fresh: Build<T> = Object.assign(state, { result });
    this.#builds.set(of.key, fresh);
    const forget = () => void (this.#builds.get(of.key) === fresh && this.#builds.delete(of.key));
    fresh.result.then(forget, forget);
    return fresh.result;
  }
}
