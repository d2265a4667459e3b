import { decodedView, folded, hasEscapes, plainView, type Range, rangeOf, type View } from "./text-view.ts";

/** What one secret looks like in the two views. */
type Writing = { plain: string[]; decoded: string };
/** `exact`: hardly anything but what the views leave out. */
export type Writings = { exact: string[]; all: Writing[]; numbers: ReadonlySet<number> };

/** Shorter values would blank out ordinary text. */
const leastLength = 4;
const ellipsis = "…";
/** Of a secret that was cut: fewer characters tell nothing, more than the second never stand before a cut. */
const cutLengths = { least: 8, most: 500 };
const mostCuts = 50;
/** An escape that was cut in two (`\u00…`) stands between a secret's beginning and the ellipsis. */
const longestRest = 6;

/**
 * How each secret may be written. Letters count without their case (host names lose it), spaces and line breaks at the
 * ends do not count (headers and URLs lose them).
 */
export function writingsOf(secrets: readonly string[]): Writings {
  const long = secrets.filter((secret) => secret.length >= leastLength);
  const all = long.map((secret) => ({
    plain: [secret, secret.trim(), secret.replace(/[\t\r\n]/g, "").trim()].map(folded).filter(isLong),
    decoded: decodedView(secret).text.trim(),
  }));
  return {
    exact: long.filter((_secret, index) => !isLong(all[index]?.decoded ?? "")),
    all: all.map(({ plain, decoded }) => ({ plain: [...new Set(plain)], decoded })),
    numbers: new Set(long.map(Number).filter((number) => isLong(String(number)))),
  };
}

/**
 * Where secrets stand in a text: plain, as in a URL, in a form, or in JSON, also in JSON that is itself a text inside of
 * JSON, however deep; and beginnings of them right before an ellipsis, as messages have that quote what is long. In order,
 * not overlapping. Takes time linear in the text, whatever the secrets are: both are a tenant's choice.
 */
export function secretRanges(text: string, { exact, all }: Writings): Range[] {
  const plain = plainView(text);
  const decoded = hasEscapes(text) ? decodedView(text) : null;
  const found = [
    ...exact.flatMap((secret) => occurrences(text, secret).map((start) => ({ start, end: start + secret.length }))),
    ...all.flatMap((writing) => writing.plain.flatMap((form) => rangesIn(plain, form))),
    ...all.flatMap((writing) => (decoded && isLong(writing.decoded) ? rangesIn(decoded, writing.decoded) : [])),
  ];
  return merged(found);
}

function isLong(text: string): boolean {
  return text.length >= leastLength;
}

function rangesIn(view: View, form: string): Range[] {
  const whole = occurrences(view.text, form).map((at) => rangeOf(view, at, at + form.length));
  return view.text.includes(ellipsis) ? [...whole, ...cutRanges(view, form)] : whole;
}

/** Short enough for the platform's search, whose worst case is the product of both lengths. */
const shortForm = 64;

/** Where a form stands, without overlaps. */
function occurrences(text: string, form: string): number[] {
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

/** The beginnings of a secret before the first cuts of a text. */
function cutRanges(view: View, form: string): Range[] {
  return occurrences(view.text, ellipsis)
    .slice(0, mostCuts)
    .flatMap((at) => {
      for (let end = at; end >= Math.max(0, at - longestRest); end--) {
        const length = beginningBefore(view.text, end, form);
        if (length > 0) return [rangeOf(view, end - length, at)];
      }
      return [];
    });
}

/** How many characters right before `end` are the beginning of `form`; 0 when too few are. */
function beginningBefore(text: string, end: number, form: string): number {
  for (let length = Math.min(form.length, cutLengths.most, end); length >= cutLengths.least; length--)
    if (text.startsWith(form.slice(0, length), end - length)) return length;
  return 0;
}

function merged(ranges: Range[]): Range[] {
  const kept: Range[] = [];
  for (const { start, end } of ranges.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = kept.at(-1);
    if (last && start < last.end) last.end = Math.max(last.end, end);
    else kept.push({ start, end });
  }
  return kept;
}
