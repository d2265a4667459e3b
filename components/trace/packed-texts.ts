const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * A column of texts as one run of UTF-8 bytes: a hundred thousand ids as strings weigh twice as much, and each is an
 * object that the garbage collector has to visit.
 */
export class PackedTexts {
  readonly #bytes: Uint8Array;
  /** Text `row` is `#bytes[#ends[row - 1] … #ends[row])`. */
  readonly #ends: Uint32Array;
  /** The text read last: whoever looks for a row has usually just been given its text. */
  #last: { row: number; text: string } | null = null;

  constructor(texts: readonly string[]) {
    this.#ends = new Uint32Array(texts.length);
    const joined = texts.join("");
    this.#bytes = encoder.encode(joined);
    const isAscii = this.#bytes.length === joined.length;
    let end = 0;
    for (let row = 0; row < texts.length; row++) {
      const text = texts[row] ?? "";
      end += isAscii ? text.length : encoder.encode(text).length;
      this.#ends[row] = end;
    }
  }

  get length(): number {
    return this.#ends.length;
  }

  at(row: number): string | undefined {
    if (!(row >= 0 && row < this.#ends.length)) return undefined;
    const text = decoder.decode(this.#bytes.subarray(this.#start(row), this.#ends[row]));
    this.#last = { row, text };
    return text;
  }

  /**
   * The first row that has the text, or another that was just read; -1 for none. Compares from the end: ids of one time
   * differ only there.
   */
  indexOf(text: string): number {
    if (this.#last?.text === text) return this.#last.row;
    const wanted = encoder.encode(text);
    for (let row = 0, start = 0; row < this.#ends.length; row++) {
      const end = this.#ends[row] ?? 0;
      if (end - start === wanted.length && this.#endsWith(end, wanted)) return row;
      start = end;
    }
    return -1;
  }

  #start(row: number): number {
    return row === 0 ? 0 : (this.#ends[row - 1] ?? 0);
  }

  #endsWith(end: number, wanted: Uint8Array): boolean {
    for (let at = 1; at <= wanted.length; at++) if (this.#bytes[end - at] !== wanted[wanted.length - at]) return false;
    return true;
  }
}
