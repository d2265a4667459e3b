import { base64Forms } from "./base64-forms.ts";
import { findCutForms, type CutFinder, cutFinder } from "./cut-finder.ts";
import { findForms, type FormFinder, formFinder, occurrences } from "./form-finder.ts";
import { decodedView, folded, hasEscapes, plainView, type Range, rangeOf, type View } from "./text-view.ts";

/** Forms to look for in one view; from `base64From` on in base64, inside longer words too. `cuts` are of the others. */
type Sought = { finder: FormFinder; base64From: number; cuts: CutFinder };
/** `exact`: secrets of hardly anything but what the views leave out. */
export type Writings = {
  exact: string[];
  plain: Sought;
  decoded: Sought;
  numbers: ReadonlySet<number>;
  /** A text with fewer characters holds none of them. */
  least: number;
};

/** Shorter values would blank out ordinary text. */
export const leastLength = 4;

/**
 * How each secret may be written. Upper and lower case count as the same (host names lose the difference), and spaces
 * and line breaks at the ends do not count (headers and URLs lose them).
 */
export function writingsOf(secrets: readonly string[]): Writings {
  const long = secrets.filter((secret) => secret.length >= leastLength);
  const decoded = long.map((secret) => decodedView(secret).text.trim());
  const plain = long.flatMap((secret) =>
    [secret, secret.trim(), secret.replace(/[\t\r\n]/g, "").trim()].map(folded).filter(isLong),
  );
  const base64 = long.flatMap(base64Forms).map(folded);
  return {
    exact: long.filter((_secret, index) => !isLong(decoded[index] ?? "")),
    plain: sought(plain, base64),
    decoded: sought(decoded.filter(isLong), base64),
    numbers: new Set(long.map(Number).filter((number) => isLong(String(number)))),
    least: long.length === 0 ? Number.POSITIVE_INFINITY : leastLength,
  };
}

function sought(forms: readonly string[], base64: readonly string[]): Sought {
  const own = [...new Set(forms)];
  return { finder: formFinder([...own, ...new Set(base64)]), base64From: own.length, cuts: cutFinder(own) };
}

/**
 * Where secrets are in a text: plain; as in a URL, a form, HTML or JSON, also in JSON that is itself a text inside
 * JSON, however deep; in base64, alone or inside something longer, on several lines or with escapes of its own; and
 * their beginnings right before an ellipsis, as in messages that shorten a long quotation. In order, not overlapping.
 * One pass over each view of the text, in time linear in it, whatever the secrets are: a tenant chooses both.
 */
export function secretRanges(text: string, { exact, plain, decoded, least }: Writings): Range[] {
  if (text.length < least) return [];
  return merged([
    ...exact.flatMap((secret) => occurrences(text, secret).map((start) => ({ start, end: start + secret.length }))),
    ...rangesIn(text, plainView(text), plain),
    ...(hasEscapes(text) ? rangesIn(text, undone(text), decoded) : []),
  ]);
}

/** The decoded view; nothing to look in when it is the text itself. */
function undone(text: string): View {
  const view = decodedView(text);
  return view.text.length === text.length ? { text: "", segments: [] } : view;
}

function isLong(text: string): boolean {
  return text.length >= leastLength;
}

function rangesIn(text: string, view: View, { finder, base64From, cuts }: Sought): Range[] {
  const whole = findForms(view.text, finder).map(({ form, start, end }) =>
    form < base64From ? rangeOf(view, start, end) : widened(text, view, start, end),
  );
  return [...whole, ...findCutForms(view.text, cuts).map(({ start, end }) => rangeOf(view, start, end))];
}

/** The characters on both sides of a secret in base64 hold bits of it as well, however they are written; another line's do not. */
function widened(text: string, view: View, from: number, to: number): Range {
  const whole = rangeOf(view, from, to);
  let last = isBase64At(text, view, to) ? to + 1 : to;
  for (let left = 2; left > 0 && view.text[last] === "="; left--) last++;
  const before = isBase64At(text, view, from - 1) ? rangeOf(view, from - 1, from) : whole;
  const after = last > to ? rangeOf(view, to, last) : whole;
  return {
    start: isOneWord(text.slice(before.end, whole.start)) ? before.start : whole.start,
    end: isOneWord(text.slice(whole.end, after.start)) ? after.end : whole.end,
  };
}

/** A view does not tell `+` from a space, the text does. */
function isBase64At(text: string, view: View, index: number): boolean {
  const character = view.text[index] ?? "";
  if (character !== " ") return /[a-z0-9/_-]/.test(character);
  const { start, end } = rangeOf(view, index, index + 1);
  return /^(?:\+|%(?:25)*2b|.*u002b|&(?:amp;)*(?:plus|#0*43|#x0*2b);)$/i.test(text.slice(start, end));
}

/** Is nothing but backslashes between two characters of a view? */
function isOneWord(between: string): boolean {
  return /^\\*$/.test(between);
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
