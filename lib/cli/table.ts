import { fitText, padText, textWidth } from "./text-width.ts";

export type Column = {
  title: string;
  align?: "left" | "right";
  /** May be cut to this many columns when the terminal is narrow; left out, it is always shown whole. */
  shrinkTo?: number;
  /** May be left out when there is still no room; the highest number goes first. */
  optional?: number;
  paint?: (cell: string, row: number) => string;
};

const gap = 2;

/** Lines of a table within `width` columns (null: no limit); cells are text that is safe to show. */
export function tableLines(columns: Column[], rows: string[][], width: number | null): string[] {
  const natural = columns.map((column, index) =>
    Math.max(textWidth(column.title), ...rows.map((row) => textWidth(row[index] ?? ""))),
  );
  const shown = fittingColumns(columns, natural, width ?? Infinity);
  const last = shown.at(-1)?.index;
  const lineOf = (cellOf: (index: number) => string, row: number | null) =>
    shown
      .map(({ index, width: columnWidth }) => {
        const { align = "left", paint } = columns[index] ?? { title: "" };
        const cut = fitText(cellOf(index), columnWidth);
        const padded = index === last && align === "left" ? cut : padText(cut, columnWidth, align);
        return paint && row !== null ? paint(padded, row) : padded;
      })
      .join(" ".repeat(gap))
      .trimEnd();
  const header = lineOf((index) => columns[index]?.title ?? "", null);
  return [header, ...rows.map((row, number) => lineOf((index) => row[index] ?? "", number))];
}

type Shown = { index: number; width: number };

/** Which columns are shown how wide: optional ones go while not even the cut ones fit; then the widest are cut. */
function fittingColumns(columns: Column[], natural: number[], width: number): Shown[] {
  const leastOf = ({ index }: Shown) => Math.min(natural[index] ?? 0, columns[index]?.shrinkTo ?? Infinity);
  const rankOf = ({ index }: Shown) => columns[index]?.optional ?? 0;
  let shown = natural.map((columnWidth, index) => ({ index, width: columnWidth }));
  while (total(shown.map(leastOf)) > width) {
    const first = Math.max(...shown.map(rankOf));
    if (first === 0) break;
    shown = shown.filter((column) => rankOf(column) !== first);
  }
  for (let excess = total(shown.map((column) => column.width)) - width; excess > 0; excess--) {
    const cuttable = shown.filter((column) => column.width > leastOf(column));
    const [widest] = cuttable.toSorted((a, b) => b.width - a.width);
    if (widest === undefined) break;
    widest.width -= 1;
  }
  return shown;
}

function total(widths: number[]): number {
  return widths.reduce((sum, width) => sum + width + gap, -gap);
}
