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
      .join(" ".repeat(gap));
  const header = lineOf((index) => columns[index]?.title ?? "", null);
  return [header, ...rows.map((row, number) => lineOf((index) => row[index] ?? "", number))];
}

type Shown = { index: number; width: number };

/** Which columns are shown how wide: the widest that may shrink does, then optional ones go. */
function fittingColumns(columns: Column[], natural: number[], width: number): Shown[] {
  let shown = natural.map((columnWidth, index) => ({ index, width: columnWidth }));
  for (;;) {
    const excess = shown.reduce((sum, column) => sum + column.width + gap, -gap) - width;
    if (excess <= 0) return shown;
    const shrinkable = shown.filter(({ index, width: now }) => now > (columns[index]?.shrinkTo ?? Infinity));
    const widest = shrinkable.reduce<Shown | null>((a, b) => (a === null || b.width > a.width ? b : a), null);
    if (widest) {
      widest.width -= 1;
      continue;
    }
    const rank = ({ index }: Shown) => columns[index]?.optional ?? 0;
    const least = shown.reduce<Shown | null>((a, b) => (rank(b) > (a ? rank(a) : 0) ? b : a), null);
    if (least === null) return shown;
    shown = shown.filter((column) => column !== least);
  }
}
