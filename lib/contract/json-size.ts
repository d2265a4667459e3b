import { endOfString } from "./json-places.ts";

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
  let count = 0;
  for (let i = 0; i < text.length && count <= most; i++) {
    const code = text.charCodeAt(i);
    if (code === codes.quote) i = endOfString(text, i);
    else if (isWord(code)) while (isWord(text.charCodeAt(i + 1))) i++;
    else if (code !== codes.list && code !== codes.object) continue;
    count++;
  }
  return count;
}

const codes = { quote: 34, plus: 43, minus: 45, dot: 46, zero: 48, nine: 57, list: 91, object: 123 } as const;

/** Of a number or of `true`, `false`, `null`. */
function isWord(code: number): boolean {
  const letter = code | 32;
  if ((code >= codes.zero && code <= codes.nine) || (letter >= 97 && letter <= 122)) return true;
  return code === codes.minus || code === codes.plus || code === codes.dot;
}
