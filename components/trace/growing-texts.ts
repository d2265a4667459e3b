const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Distinct texts in the order in which they came, as one run of UTF-8 bytes with an index by hash: for the ids of a run
 * that grows, a map of strings would cost more memory than all else that is known of it.
 */
export class GrowingTexts {
  #bytes = new Uint8Array(1024);
  /** Text `place` is `#bytes[#ends[place - 1] … #ends[place])`. */
  #ends = new Uint32Array(64);
  /** Open addressing: place + 1 by hash; 0 = free. At most half full. */
  #table = new Int32Array(128);
  #count = 0;

  get length(): number {
    return this.#count;
  }

  at(place: number): string | undefined {
    if (!(place >= 0 && place < this.#count)) return undefined;
    return decoder.decode(this.#bytes.subarray(this.#start(place), this.#ends[place]));
  }

  /** The place of a text, or -1. */
  indexOf(text: string): number {
    return (this.#table[this.#slotOf(encoder.encode(text))] ?? 0) - 1;
  }

  /** The place of a text, a new one where it was not there. */
  add(text: string): number {
    const bytes = encoder.encode(text);
    const slot = this.#slotOf(bytes);
    const known = this.#table[slot] ?? 0;
    if (known > 0) return known - 1;
    const place = this.#count;
    const start = this.#start(place);
    this.#bytes = withRoom(this.#bytes, start + bytes.length);
    this.#ends = withRoom(this.#ends, place + 1);
    this.#bytes.set(bytes, start);
    this.#ends[place] = start + bytes.length;
    this.#table[slot] = ++this.#count;
    if (this.#count * 2 > this.#table.length) this.#rehash();
    return place;
  }

  #start(place: number): number {
    return place === 0 ? 0 : (this.#ends[place - 1] ?? 0);
  }

  /** Where the text stands in the table, or the free slot where it would. */
  #slotOf(wanted: Uint8Array): number {
    const last = this.#table.length - 1;
    for (let slot = hashOf(wanted) & last; ; slot = (slot + 1) & last) {
      const known = this.#table[slot] ?? 0;
      if (known === 0 || this.#isAt(known - 1, wanted)) return slot;
    }
  }

  /** Compares from the end: ids of one time differ only there. */
  #isAt(place: number, wanted: Uint8Array): boolean {
    const end = this.#ends[place] ?? 0;
    if (end - this.#start(place) !== wanted.length) return false;
    for (let back = 1; back <= wanted.length; back++)
      if (this.#bytes[end - back] !== wanted[wanted.length - back]) return false;
    return true;
  }

  #rehash(): void {
    this.#table = new Int32Array(this.#table.length * 2);
    for (let place = 0; place < this.#count; place++)
      this.#table[this.#slotOf(this.#bytes.subarray(this.#start(place), this.#ends[place]))] = place + 1;
  }
}

/** FNV-1a, 32 bits. */
function hashOf(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** The array itself, or a copy of at least twice its length. */
export function withRoom<Column extends TypedColumn>(column: Column, length: number): Column {
  if (column.length >= length) return column;
  const longer = new (column.constructor as new (length: number) => Column)(Math.max(length, column.length * 2));
  longer.set(column);
  return longer;
}

export type TypedColumn = Uint8Array | Uint32Array | Int32Array | Float64Array;

/** Texts of a GrowingTexts in an order of rows: row `row` has the text at place `places[row]`. */
export class OrderedTexts {
  readonly #texts: GrowingTexts;
  readonly #places: Int32Array;
  #rows: Int32Array | null = null;

  constructor(texts: GrowingTexts, places: Int32Array) {
    this.#texts = texts;
    this.#places = places;
  }

  get length(): number {
    return this.#places.length;
  }

  at(row: number): string | undefined {
    const place = this.#places[row];
    return place === undefined ? undefined : this.#texts.at(place);
  }

  /** The row that has the text, or -1. */
  indexOf(text: string): number {
    const place = this.#texts.indexOf(text);
    return place === -1 ? -1 : (this.#rowOfPlace()[place] ?? -1);
  }

  /** Flags of the rows of an earlier order of the same texts, for the rows of this one; null where it has other texts. */
  carried(before: OrderedTexts, flags: Uint8Array): Uint8Array | null {
    if (before.#texts !== this.#texts) return null;
    const byPlace = new Uint8Array(this.#texts.length);
    for (let row = 0; row < flags.length; row++) byPlace[before.#places[row] ?? 0] = flags[row] ?? 0;
    return Uint8Array.from(this.#places, (place) => byPlace[place] ?? 0);
  }

  #rowOfPlace(): Int32Array {
    if (this.#rows === null) {
      this.#rows = new Int32Array(this.#texts.length).fill(-1);
      for (let row = 0; row < this.#places.length; row++) this.#rows[this.#places[row] ?? 0] = row;
    }
    return this.#rows;
  }
}
