import { findForms, type FormFinder, formFinder, occurrences } from "./form-finder.ts";

const ellipsis = "…";
/** How much of a cut form to look for: fewer characters tell nothing, more than `most` never stand before a cut. */
const cutLengths = { least: 8, most: 500 };
/** An escape that was cut in two (`\u00…`) stands between a form's beginning and the ellipsis. */
const longestRest = 6;

/** What is needed to find the beginnings of forms before an ellipsis, as in messages that shorten a long quotation. */
export type CutFinder = {
  /** For the first eight characters of the forms. */
  beginnings: FormFinder;
  /** By the number of such a beginning: the forms that begin so, sorted. */
  forms: readonly (readonly string[])[];
};

/** Prepares the search for cut forms. */
export function cutFinder(forms: readonly string[]): CutFinder {
  const groups = new Map<string, string[]>();
  for (const form of forms) {
    if (form.length < cutLengths.least) continue;
    const beginning = form.slice(0, cutLengths.least);
    const group = groups.get(beginning);
    if (group) group.push(form.slice(0, cutLengths.most));
    else groups.set(beginning, [form.slice(0, cutLengths.most)]);
  }
  return { beginnings: formFinder([...groups.keys()]), forms: [...groups.values()].map((group) => group.sort()) };
}

/**
 * The stretches of a text, up to an ellipsis, that are the beginning of a form. Takes time linear in the text, apart
 * from the logarithm of the number of forms.
 */
export function findCutForms(text: string, { beginnings, forms }: CutFinder): { start: number; end: number }[] {
  const cuts = text.length <= cutLengths.least ? [] : occurrences(text, ellipsis);
  if (cuts.length === 0) return [];
  return findForms(text, beginnings).flatMap(({ form, start, end }) => {
    const farthest = lastUpTo(cuts, start + cutLengths.most + longestRest);
    if (farthest < end) return [];
    const beginning = text.slice(start, start + cutLengths.most);
    const cut = lastUpTo(cuts, start + longestCommon(beginning, forms[form] ?? []) + longestRest);
    return cut < end ? [] : [{ start, end: cut }];
  });
}

/** The last of sorted places that is at most `most`; -1 when there is none. */
function lastUpTo(places: readonly number[], most: number): number {
  return places[firstWhere(places.length, (index) => (places[index] ?? 0) > most) - 1] ?? -1;
}

/**
 * How many characters a text shares with the most similar of the sorted forms, which is next to the text in that order.
 */
function longestCommon(text: string, forms: readonly string[]): number {
  const next = firstWhere(forms.length, (index) => (forms[index] ?? "") >= text);
  return Math.max(common(text, forms[next - 1] ?? ""), common(text, forms[next] ?? ""));
}

function common(left: string, right: string): number {
  let length = 0;
  while (length < left.length && left.charCodeAt(length) === right.charCodeAt(length)) length += 1;
  return length;
}

/** The first index for which it holds, where it also holds for all later ones; `count` when it holds for none. */
function firstWhere(count: number, holds: (index: number) => boolean): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
