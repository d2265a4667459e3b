import { endOfString, endsInEscape } from "./json-places.ts";

/**
 * A JSON text of more values and names than this is refused, whoever sent it. An object or list in memory is many times its
 * text (`{},` of 3 bytes is 60), and whatever looks at a value takes its time for each one: their number, not that of the
 * bytes, is what a body costs.
 */
export const maxJsonValues = 200_000;

/**
 * How many values and names a JSON text holds: every text, number, literal, list and object, and every name in an object.
 * Stops after `most`, so a higher answer only means that there are more. Nothing is allocated, so that this can
 * stand before JSON.parse; for text that is no JSON the answer means little.
 */
export function countJsonValues(text: string, most = maxJsonValues): number {
  return new JsonValueCount(most).add(text);
}

/**
 * The same of a text that comes in parts, cut anywhere. Bytes in UTF-8 may be given as Latin-1: of what is counted by,
 * everything is ASCII.
 */
export class JsonValueCount {
  readonly #most: number;
  #count = 0;
  /** What the last part was cut in, and whether its last character there escapes the next. */
  #cut: "string" | "word" | null = null;
  #isEscaped = false;

  constructor(most = maxJsonValues) {
    this.#most = most;
  }

  /** Goes through the next part; returns how many there are so far, counting no further than one above the most. */
  add(part: string): number {
    const wordGoesOn = this.#cut === "word";
    let i = this.#cut === "string" ? this.#afterString(part, -1) : 0;
    while (i < part.length && this.#count <= this.#most) {
      const code = part.charCodeAt(i);
      if (code === codes.quote) {
        this.#count++;
        i = this.#afterString(part, i);
      } else if (isWord(code)) {
        if (i > 0 || !wordGoesOn) this.#count++;
        while (isWord(part.charCodeAt(i))) i++;
        this.#cut = i < part.length ? null : "word";
      } else {
        if (code === codes.list || code === codes.object) this.#count++;
        this.#cut = null;
        i++;
      }
    }
    return this.#count;
  }

  /** Where a string that begins at `start` (-1: in an earlier part) is over: behind its closing quote, or the part's end. */
  #afterString(part: string, start: number): number {
    const isEscaped = start === -1 && this.#isEscaped;
    const end = endOfString(part, start, isEscaped);
    const isOver = end < part.length;
    this.#cut = isOver ? null : "string";
    this.#isEscaped = !isOver && endsInEscape(part, isEscaped);
    return end + 1;
  }
}

const codes = { quote: 34, plus: 43, minus: 45, dot: 46, zero: 48, nine: 57, list: 91, object: 123 } as const;

/** Of a number or of `true`, `false`, `null`. */
function isWord(code: number): boolean {
  const letter = code | 32;
  if ((code >= codes.zero && code <= codes.nine) || (letter >= 97 && letter <= 122)) return true;
  return code === codes.minus || code === codes.plus || code === codes.dot;
}
