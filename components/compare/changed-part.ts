/** Two texts cut into their common beginning, their common end and what differs in between. */
export type ChangedPart = { before: string; a: string; b: string; after: string };

/** Never splits a surrogate pair. Pure. */
export function changedPart(a: string, b: string): ChangedPart {
  const [left, right] = [[...a], [...b]];
  const least = Math.min(left.length, right.length);
  let start = 0;
  while (start < least && left[start] === right[start]) start += 1;
  let end = 0;
  while (end < least - start && left.at(-1 - end) === right.at(-1 - end)) end += 1;
  const middle = (text: string[]) => text.slice(start, text.length - end).join("");
  return {
    before: left.slice(0, start).join(""),
    a: middle(left),
    b: middle(right),
    after: left.slice(left.length - end).join(""),
  };
}
