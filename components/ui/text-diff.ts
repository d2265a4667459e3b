/** One line of a difference; `before` and `after` are its line numbers (from 1) in the two texts. */
export type DiffLine =
  | { kind: "same"; text: string; before: number; after: number }
  | { kind: "removed"; text: string; before: number }
  | { kind: "added"; text: string; after: number };

/** `count` lines that are shown, or equal ones that can stay folded; `lines` is empty for a fold too long to be opened. */
export type DiffHunk = { folded: boolean; count: number; lines: DiffLine[] };

/** `unshown`: changed lines that are in no hunk, since there are too many. */
export type TextDifference = { hunks: DiffHunk[]; added: number; removed: number; unshown: number };

/** Above this many cells the middle is shown as replaced: a table of that size would freeze the page. */
const maxCells = 4_000_000;
/** Equal lines that stay around a change. */
const context = 3;
/** Lines that are written out in all: each is several elements of the page, which the server makes at once. */
const mostLines = 1000;
/** A longer stretch of equal lines is only counted. */
const longestFold = 200;

/** Lines that follow each other and are of one kind. */
type Stretch = { kind: DiffLine["kind"]; count: number };

/**
 * The lines of both texts in one order, by longest common subsequence; equal ones further than three lines from a change
 * are folded, but no single line is. A line ends at LF; a CR stays part of it. At most `most` lines are written out, the
 * first ones. Pure; linear in the texts.
 */
export function textDifference(before: string, after: string, most = mostLines): TextDifference {
  const [old, now] = [before.split("\n"), after.split("\n")];
  const stretches = stretchesOf(old, now);
  const total = (kind: DiffLine["kind"]) =>
    stretches.reduce((sum, stretch) => sum + (stretch.kind === kind ? stretch.count : 0), 0);
  const [added, removed] = [total("added"), total("removed")];
  const hunks: DiffHunk[] = [];
  const at = { before: 0, after: 0 };
  let [left, changed] = [most, 0];
  const take = (kind: DiffLine["kind"], count: number, folded: boolean) => {
    const isCounted = folded && (count > longestFold || count > left);
    const written = isCounted ? 0 : Math.min(left, count);
    const lines = Array.from({ length: written }, (_, index) => lineAt(kind, old, now, at, index));
    if (kind !== "added") at.before += count;
    if (kind !== "removed") at.after += count;
    left -= written;
    if (kind !== "same") changed += written;
    const last = hunks.at(-1);
    if (!folded && last?.folded === false) {
      last.lines.push(...lines);
      last.count += written;
    } else if (isCounted || written > 0) hunks.push({ folded, count: isCounted ? count : written, lines });
  };
  for (const [index, { kind, count }] of stretches.entries()) {
    if (left === 0) break;
    const head = kind === "same" && index > 0 ? context : 0;
    const tail = kind === "same" && index < stretches.length - 1 ? context : 0;
    // A fold of a single line would take as much room.
    if (kind !== "same" || count - head - tail <= 1) take(kind, count, false);
    else {
      take(kind, head, false);
      take(kind, count - head - tail, true);
      take(kind, tail, false);
    }
  }
  return { hunks, added, removed, unshown: added + removed - changed };
}

function lineAt(
  kind: DiffLine["kind"],
  old: string[],
  now: string[],
  at: { before: number; after: number },
  index: number,
): DiffLine {
  const [before, after] = [at.before + index, at.after + index];
  if (kind === "added") return { kind, text: now[after] ?? "", after: after + 1 };
  if (kind === "removed") return { kind, text: old[before] ?? "", before: before + 1 };
  return { kind, text: old[before] ?? "", before: before + 1, after: after + 1 };
}

function stretchesOf(old: string[], now: string[]): Stretch[] {
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < old.length - start && end < now.length - start && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  const found: Stretch[] = [];
  const push = (kind: DiffLine["kind"], count: number) => {
    const last = found.at(-1);
    if (last?.kind === kind) last.count += count;
    else if (count > 0) found.push({ kind, count });
  };
  push("same", start);
  walk(old.slice(start, old.length - end), now.slice(start, now.length - end), push);
  push("same", end);
  return found;
}

function walk(old: string[], now: string[], push: (kind: DiffLine["kind"], count: number) => void): void {
  const lengths = (old.length + 1) * (now.length + 1) <= maxCells ? commonLengths(old, now) : null;
  const width = now.length + 1;
  let [i, j] = [0, 0];
  while (lengths && i < old.length && j < now.length) {
    if (old[i] === now[j]) {
      push("same", 1);
      i += 1;
      j += 1;
    } else if ((lengths[(i + 1) * width + j] ?? 0) >= (lengths[i * width + j + 1] ?? 0)) {
      push("removed", 1);
      i += 1;
    } else {
      push("added", 1);
      j += 1;
    }
  }
  push("removed", old.length - i);
  push("added", now.length - j);
}

/** Cell (i, j): length of the longest common subsequence of `old` from i on and `now` from j on. */
function commonLengths(old: string[], now: string[]): Uint16Array {
  const width = now.length + 1;
  const lengths = new Uint16Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i -= 1)
    for (let j = now.length - 1; j >= 0; j -= 1)
      lengths[i * width + j] =
        old[i] === now[j]
          ? (lengths[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(lengths[(i + 1) * width + j] ?? 0, lengths[i * width + j + 1] ?? 0);
  return lengths;
}
