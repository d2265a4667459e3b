/** Distinct texts, each stored once. */
export class Dictionary {
  readonly values: string[] = [];
  readonly #indexes = new Map<string, number>();

  indexOf(text: string): number {
    const known = this.#indexes.get(text);
    if (known !== undefined) return known;
    const index = this.values.push(text) - 1;
    this.#indexes.set(text, index);
    return index;
  }
}
