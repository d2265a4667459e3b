import { describe, expect, test } from "vitest";
import { countChanges, type DiffLine, diffLines, foldSame } from "#/components/ui/text-diff.ts";

const sign = { same: " ", removed: "-", added: "+" };
const shown = (lines: DiffLine[]) => lines.map((line) => `${sign[line.kind]}${line.text}`);
const textOf = (lines: DiffLine[], without: "added" | "removed") =>
  lines.filter((line) => line.kind !== without).map((line) => line.text);

describe("the difference of two texts", () => {
  test.each<[string, string, string, string[]]>([
    ["equal texts have no change", "a\nb", "a\nb", [" a", " b"]],
    ["a line in the middle", "a\nb\nc", "a\nx\nc", [" a", "-b", "+x", " c"]],
    ["a line added", "a\nc", "a\nb\nc", [" a", "+b", " c"]],
    ["a line removed", "a\nb\nc", "a\nc", [" a", "-b", " c"]],
    ["the first and the last line", "a\nb\nc", "x\nb\ny", ["-a", "+x", " b", "-c", "+y"]],
    ["repeated lines stay in order", "a\na\nb", "a\nb\nb", [" a", "-a", "+b", " b"]],
    ["from nothing", "", "a", ["-", "+a"]],
    ["a line end at the end counts", "a", "a\n", [" a", "+"]],
    ["a carriage return counts", "a\r\nb", "a\nb", ["-a\r", "+a", " b"]],
    ["nothing is normalised", "\u00e9", "e\u0301", ["-\u00e9", "+e\u0301"]],
  ])("%s", (_, before, after, expected) => {
    expect(shown(diffLines(before, after))).toEqual(expected);
  });

  test("gives back both texts, with line numbers that count up", () => {
    const words = ["one", "two", "three", "", "two"];
    for (let round = 0; round < 200; round += 1) {
      const text = (seed: number) =>
        Array.from({ length: seed % 9 }, (_, i) => words[(seed * 7 + i * i) % 5]).join("\n");
      const [before, after] = [text(round), text(round * 3 + 1)];
      const lines = diffLines(before, after);
      expect(textOf(lines, "added").join("\n")).toBe(before);
      expect(textOf(lines, "removed").join("\n")).toBe(after);
      const numbers = lines.flatMap((line) => ("before" in line ? [line.before] : []));
      expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    }
  });

  test("texts too large to align are shown as replaced between their common ends, at once", () => {
    const many = (mark: string) => Array.from({ length: 5000 }, (_, index) => `${mark}${index}`).join("\n");
    const lines = diffLines(`start\n${many("a")}\nend`, `start\n${many("b")}\nend`);
    expect(countChanges(lines)).toEqual({ added: 5000, removed: 5000 });
    expect(shown(lines)[0]).toBe(" start");
    expect(shown(lines).at(-1)).toBe(" end");
  });
});

describe("folding", () => {
  const numbered = (count: number, changed: number) =>
    diffLines(
      Array.from({ length: count }, (_, index) => `${index}`).join("\n"),
      Array.from({ length: count }, (_, index) => (index === changed ? "x" : `${index}`)).join("\n"),
    );

  test("keeps three lines around a change, and every line once", () => {
    const hunks = foldSame(numbered(20, 10));
    expect(hunks.map(({ folded, lines }) => [folded, lines.length])).toEqual([
      [true, 7],
      [false, 8],
      [true, 6],
    ]);
    expect(hunks.flatMap((hunk) => hunk.lines)).toEqual(numbered(20, 10));
  });

  test("never hides a single line: the fold would take as much room", () => {
    expect(foldSame(numbered(9, 4))[0]).toMatchObject({ folded: false });
  });
});
