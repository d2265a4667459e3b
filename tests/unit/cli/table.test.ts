import { expect, test } from "vitest";
import { tableLines } from "#/lib/cli/table.ts";
import { fitText, textWidth } from "#/lib/cli/text-width.ts";

const columns = [
  { title: "ID" },
  { title: "NAME", shrinkTo: 6 },
  { title: "NOTE", shrinkTo: 4, optional: 1 },
  { title: "COST", align: "right" as const, optional: 2 },
];
const rows = [
  ["run_1", "a name that is rather long", "日本語のテキスト", "$1.00"],
  ["run_22", "short", "", "-"],
];

test.each([200, 80, 60, 45, 30, 20, 16])("no line is wider than a terminal of %i columns", (width) => {
  for (const line of tableLines(columns, rows, width)) expect(textWidth(line)).toBeLessThanOrEqual(width);
});

test("what is not for cutting stays whole, however narrow it is", () => {
  const [, first = ""] = tableLines(columns, rows, 5);
  expect(first).toContain("run_1");
});

test("without a terminal nothing is cut", () => {
  const text = tableLines(columns, rows, null).join("\n");
  for (const cell of rows.flat()) expect(text).toContain(cell);
});

test("columns stand below one another, wide characters included", () => {
  const lines = tableLines(columns, rows, 200);
  expect(new Set(lines.map((line) => textWidth(line))).size).toBe(1);
});

test("a cut text ends in an ellipsis and fits, whatever its characters", () => {
  for (let width = 1; width < 12; width++) {
    const cut = fitText("ab日本語cd語efgh", width);
    expect(textWidth(cut)).toBeLessThanOrEqual(width);
    expect(cut.endsWith("…")).toBe(true);
  }
});
