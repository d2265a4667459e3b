/**
 * A queue for owners who share something: what one of them puts in comes out in order, and each gets as many turns as
 * the others, however much one puts in.
 */
export class RoundRobin<T> {
  /** In the order in which their turns come. */
  readonly #queues = new Map<string, T[]>();

  push(owner: string, item: T): void {
    const queue = this.#queues.get(owner);
    if (queue) queue.push(item);
    else this.#queues.set(owner, [item]);
  }

  /** Takes out the next, of those whose turn may come; undefined when none waits. */
  shift(mayCome: (owner: string) => boolean = () => true): T | undefined {
    for (const [owner, queue] of this.#queues) {
      if (!mayCome(owner)) continue;
      const item = queue.shift();
      this.#queues.delete(owner);
      if (queue.length > 0) this.#queues.set(owner, queue);
      return item;
    }
    return undefined;
  }
}
