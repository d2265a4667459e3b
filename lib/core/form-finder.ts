/** Where a form is in a text; `form` is its number in the list. */
export type Hit = { form: number; start: number; end: number };

export type FormFinder = {
  forms: readonly string[];
  /** By the hash of four characters: the forms that hold them, and how far from their beginning. */
  anchors: ReadonlyMap<number, { form: number; offset: number }[]>;
  /** Which hashes there are, one byte each: 2^16 or, for many forms, 2^20. */
  marks: Uint8Array;
  /** Forms that have no four characters of their own, each searched alone. */
  alone: readonly number[];
  /** Length of the shortest form; Infinity without any. */
  least: number;
  /** For each form where its last hit ended, while a text is searched: zeros before and after. */
  until: Int32Array;
};

const manyForms = 100;
const anchorLength = 4;
/** At most this many forms share four characters; more would be compared at one place of a text again and again. */
const mostAtOne = 8;
/** Short enough for the platform's search and comparison, whose worst case is the product of both lengths. */
const shortForm = 64;

/** Prepares a search for many forms at once: for each the four characters that the fewest others have. */
export function formFinder(forms: readonly string[]): FormFinder {
  const anchors = new Map<number, { form: number; offset: number }[]>();
  const alone: number[] = [];
  const marks = new Uint8Array(forms.length < manyForms ? 1 << 16 : 1 << 20);
  forms.forEach((text, form) => {
    let best: { hash: number; offset: number; count: number } | null = null;
    const next = hashing(marks);
    for (let hash = 0, index = 0; index < Math.min(text.length, shortForm); index++) {
      hash = next(hash, text.charCodeAt(index));
      const count = anchors.get(hash)?.length ?? 0;
      if (index >= anchorLength - 1 && count < (best?.count ?? mostAtOne))
        best = { hash, offset: index - anchorLength + 1, count };
    }
    if (best === null) return void alone.push(form);
    anchors.set(best.hash, [...(anchors.get(best.hash) ?? []), { form, offset: best.offset }]);
    marks[best.hash] = 1;
  });
  const least = forms.reduce((shortest, { length }) => Math.min(shortest, length), Number.POSITIVE_INFINITY);
  return { forms, anchors, marks, alone, least, until: new Int32Array(forms.length) };
}

/**
 * All places of all forms in one pass over the text, those of one form without overlaps. Takes time linear in the text,
 * whatever the forms are.
 */
export function findForms(text: string, { forms, anchors, marks, alone, least, until }: FormFinder): Hit[] {
  const hits: Hit[] = [];
  if (text.length < least) return hits;
  const long = new Set<number>(alone);
  let open = marks;
  const size = anchors.size === 0 ? 0 : text.length;
  const [shift, mask] = [shiftOf(marks), marks.length - 1];
  for (let hash = 0, index = 0; index < size; index++) {
    // The same as `hashing`, written out: this is done for each character of long texts.
    hash = ((hash << shift) ^ text.charCodeAt(index)) & mask;
    if (open[hash] === 0) continue;
    const anchored = anchors.get(hash) ?? [];
    for (const { form, offset } of anchored) {
      const start = index - anchorLength + 1 - offset;
      const wanted = forms[form] ?? "";
      if (start < (until[form] ?? 0)) continue;
      if (wanted.length > shortForm) {
        if (long.has(form) || !text.startsWith(wanted.slice(0, shortForm), start)) continue;
        long.add(form);
        if (anchored.some((other) => !long.has(other.form))) continue;
        // Nothing is left to be found by these four characters.
        if (open === marks) open = marks.slice();
        open[hash] = 0;
      } else if (text.startsWith(wanted, start)) {
        until[form] = start + wanted.length;
        hits.push({ form, start, end: start + wanted.length });
      }
    }
  }
  for (const { form } of hits) until[form] = 0;
  for (const form of long) {
    const wanted = forms[form] ?? "";
    for (const start of occurrences(text, wanted)) hits.push({ form, start, end: start + wanted.length });
  }
  return hits;
}

/** Continues the hash of the last four characters by one: what is older has been shifted out. */
function hashing(marks: Uint8Array): (hash: number, unit: number) => number {
  return (hash, unit) => ((hash << shiftOf(marks)) ^ unit) & (marks.length - 1);
}

function shiftOf(marks: Uint8Array): number {
  return marks.length === 1 << 16 ? 4 : 5;
}

/** Where one form stands, without overlaps. */
export function occurrences(text: string, form: string): number[] {
  if (form.length > shortForm) return text.includes(form.slice(0, shortForm)) ? longOccurrences(text, form) : [];
  const found: number[] = [];
  for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + form.length)) found.push(at);
  return found;
}

/** The search of Knuth, Morris and Pratt, which reads each character once. */
function longOccurrences(text: string, form: string): number[] {
  const borders = bordersOf(form);
  const found: number[] = [];
  for (let index = 0, matched = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    while (matched > 0 && unit !== form.charCodeAt(matched)) matched = borders[matched - 1] ?? 0;
    if (unit === form.charCodeAt(matched)) matched++;
    if (matched < form.length) continue;
    found.push(index - form.length + 1);
    matched = 0;
  }
  return found;
}

/** For each beginning of a form the longest shorter one that it also ends with. */
function bordersOf(form: string): Int32Array {
  const borders = new Int32Array(form.length);
  for (let index = 1, matched = 0; index < form.length; index++) {
    const unit = form.charCodeAt(index);
    while (matched > 0 && unit !== form.charCodeAt(matched)) matched = borders[matched - 1] ?? 0;
    if (unit === form.charCodeAt(matched)) matched++;
    borders[index] = matched;
  }
  return borders;
}
