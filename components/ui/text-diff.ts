/** One line of a difference; `before` and `after` are its line numbers (from 1) in the two texts. */
export type DiffLine =
  | { kind: "same"; text: string; before: number; after: number }
  | { kind: "removed"; text: string; before: number }
  | { kind: "added"; text: string; after: number };

/** Lines that are shown, or a stretch of equal lines that can stay folded. */
export type DiffHunk = { folded: boolean; lines: DiffLine[] };

/** Above this many cells the middle is shown as replaced: a table of that size would freeze the page. */
const maxCells = 4_000_000;

/** The lines of both texts in one order, by longest common subsequence. A line ends at LF; a CR stays part of it. Pure. */
export function diffLines(before: string, after: string): DiffLine[] {
  const [old, now] = [before.split("\n"), after.split("\n")];
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < old.length - start && end < now.length - start && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  const lines: DiffLine[] = [];
  const at = { before: 1, after: 1 };
  const same = (text: string) => lines.push({ kind: "same", text, before: at.before++, after: at.after++ });
  const removed = (text: string) => lines.push({ kind: "removed", text, before: at.before++ });
  const added = (text: string) => lines.push({ kind: "added", text, after: at.after++ });

  old.slice(0, start).forEach(same);
  const [left, right] = [old.slice(start, old.length - end), now.slice(start, now.length - end)];
  walk(left, right, { same, removed, added });
  old.slice(old.length - end).forEach(same);
  return lines;
}

type Visitor = Record<"same" | "removed" | "added", (text: string) => void>;

function walk(old: string[], now: string[], visit: Visitor): void {
  const lengths = (old.length + 1) * (now.length + 1) <= maxCells ? commonLengths(old, now) : null;
  const width = now.length + 1;
  let [i, j] = [0, 0];
  while (lengths && i < old.length && j < now.length) {
    const [left, right] = [old[i] as string, now[j] as string];
    if (left === right) {
      visit.same(left);
      i += 1;
      j += 1;
    } else if ((lengths[(i + 1) * width + j] ?? 0) >= (lengths[i * width + j + 1] ?? 0)) {
      visit.removed(left);
      i += 1;
    } else {
      visit.added(right);
      j += 1;
    }
  }
  old.slice(i).forEach(visit.removed);
  now.slice(j).forEach(visit.added);
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

/** Groups lines so that equal ones further than `context` from a change can be folded; no fold hides a single line. Pure. */
export function foldSame(lines: readonly DiffLine[], context = 3): DiffHunk[] {
  const isNear = new Uint8Array(lines.length);
  lines.forEach((line, index) => {
    if (line.kind !== "same") isNear.fill(1, Math.max(0, index - context), index + context + 1);
  });
  const hunks: DiffHunk[] = [];
  lines.forEach((line, index) => {
    const folded = isNear[index] === 0;
    const last = hunks.at(-1);
    if (last?.folded === folded) last.lines.push(line);
    else hunks.push({ folded, lines: [line] });
  });
  return hunks.map((hunk) => (hunk.lines.length === 1 ? { ...hunk, folded: false } : hunk));
}

/** How many lines were added and removed. Pure. */
export function countChanges(lines: readonly DiffLine[]): { added: number; removed: number } {
  const count = (kind: DiffLine["kind"]) => lines.filter((line) => line.kind === kind).length;
  return { added: count("added"), removed: count("removed") };
}
