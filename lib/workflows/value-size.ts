import type { Json } from "#/lib/contract/json.ts";

/** The longest text that a `format` is applied to; a longer one fails it. */
export const maxFormatLength = 4096;

/** How large a value is: what its validation costs depends on nothing else of it. */
export type ValueSize = {
  /** Values in it, itself included, and how deep the deepest is. */
  places: number;
  depth: number;
  /** Texts and names, and the characters of both; of those that a format looks at also the sum of squares. */
  texts: number;
  characters: number;
  formatted: number;
  formattedSquare: number;
  nameCharacters: number;
};

/** Null for a value of more than `most` places. Pure; takes time by the number of places, never by the lengths of texts. */
export function valueSize(value: Json, most: number): ValueSize | null {
  const size: ValueSize = {
    ...{ places: 0, depth: 0, texts: 0, characters: 0 },
    ...{ formatted: 0, formattedSquare: 0, nameCharacters: 0 },
  };
  const open: { item: Json; depth: number }[] = [{ item: value, depth: 0 }];
  for (let top = open.pop(); top; top = open.pop()) {
    const { item, depth } = top;
    size.places += 1;
    size.depth = Math.max(size.depth, depth);
    if (typeof item === "string") addText(size, item.length);
    if (typeof item !== "object" || item === null) continue;
    if (Array.isArray(item) && item.length > most) return null;
    // Key by key, for arrays too: this must not make a list of all the keys of a large value.
    const members = item as { [name: string]: Json };
    for (const key in members) {
      if (!Object.hasOwn(members, key)) continue;
      if (size.places + open.length >= most) return null;
      if (!Array.isArray(item)) addName(size, key.length);
      open.push({ item: members[key] ?? null, depth: depth + 1 });
    }
  }
  return size;
}

function addText(size: ValueSize, length: number): void {
  size.texts += 1;
  size.characters += length;
  if (length > maxFormatLength) return;
  size.formatted += length;
  size.formattedSquare += length * length;
}

function addName(size: ValueSize, length: number): void {
  addText(size, length);
  size.nameCharacters += length;
}
