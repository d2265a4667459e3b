const mostPerKind = 20;

/** What was found to be wrong, by kind: how often, and the first ones by name. */
export class Violations {
  readonly #found = new Map<string, { count: number; ids: string[] }>();

  add(kind: string, id: string): void {
    const entry = this.#found.get(kind) ?? { count: 0, ids: [] };
    entry.count++;
    if (entry.ids.length < mostPerKind) entry.ids.push(id);
    this.#found.set(kind, entry);
  }

  get total(): number {
    return [...this.#found.values()].reduce((sum, { count }) => sum + count, 0);
  }

  toJSON(): Record<string, { count: number; ids: string[] }> {
    return Object.fromEntries(this.#found);
  }
}

/** Counts by name. */
export class Tally {
  readonly #counts = new Map<string, number>();

  add(name: string, by = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + by);
  }

  toJSON(): Record<string, number> {
    return Object.fromEntries([...this.#counts].toSorted(([a], [b]) => a.localeCompare(b)));
  }
}
