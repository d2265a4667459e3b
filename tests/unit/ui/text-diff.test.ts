import { describe, expect, test } from "vitest";
import { type DiffLine, textDifference } from "#/components/ui/text-diff.ts";

const sign = { same: " ", removed: "-", added: "+" };
const shown = (lines: DiffLine[]) => lines.map((line) => `${sign[line.kind]}${line.text}`);
const linesOf = (before: string, after: string) => textDifference(before, after).hunks.flatMap((hunk) => hunk.lines);
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
    expect(shown(linesOf(before, after))).toEqual(expected);
  });

  test("gives back both texts, with line numbers that count up", () => {
    const words = ["one", "two", "three", "", "two"];
    for (let round = 0; round < 200; round += 1) {
      const text = (seed: number) =>
        Array.from({ length: seed % 9 }, (_, i) => words[(seed * 7 + i * i) % 5]).join("\n");
      const [before, after] = [text(round), text(round * 3 + 1)];
      const lines = linesOf(before, after);
      expect(textOf(lines, "added").join("\n")).toBe(before);
      expect(textOf(lines, "removed").join("\n")).toBe(after);
      const numbers = lines.flatMap((line) => ("before" in line ? [line.before] : []));
      expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    }
  });

  test("texts too large to align are shown as replaced between their common ends, at once", () => {
    const many = (mark: string) => Array.from({ length: 5000 }, (_, index) => `${mark}${index}`).join("\n");
    const found = textDifference(`start\n${many("a")}\nend`, `start\n${many("b")}\nend`, 20_000);
    expect(found).toMatchObject({ added: 5000, removed: 5000, unshown: 0 });
    const lines = shown(found.hunks.flatMap((hunk) => hunk.lines));
    expect([lines[0], lines.at(-1)]).toEqual([" start", " end"]);
  });

  test("the first thousand lines are written out, however many there are, and all changes are counted", () => {
    const rows = (count: number, mark: string) => `${mark}\n`.repeat(count);
    const found = textDifference(rows(500_000, "a"), rows(400_000, "b"));
    expect(found).toMatchObject({ added: 400_000, removed: 500_000, unshown: 899_000 });
    expect(found.hunks).toMatchObject([{ folded: false, count: 1000 }]);
    expect(textDifference("a\nb", "c\nd", 3)).toMatchObject({ unshown: 1, hunks: [{ lines: { length: 3 } }] });
  });
});

describe("folding", () => {
  const numbered = (count: number, changed: number) =>
    textDifference(
      Array.from({ length: count }, (_, index) => `${index}`).join("\n"),
      Array.from({ length: count }, (_, index) => (index === changed ? "x" : `${index}`)).join("\n"),
    ).hunks;

  test("keeps three lines around a change, and every line once", () => {
    const hunks = numbered(20, 10);
    expect(hunks.map(({ folded, count, lines }) => [folded, count, lines.length])).toEqual([
      [true, 7, 7],
      [false, 8, 8],
      [true, 6, 6],
    ]);
    expect(shown(hunks.flatMap((hunk) => hunk.lines)).filter((line) => line !== "+x")).toEqual(
      Array.from({ length: 20 }, (_, index) => (index === 10 ? "-10" : ` ${index}`)),
    );
  });

  test("never hides a single line: the fold would take as much room", () => {
    expect(numbered(9, 4)[0]).toMatchObject({ folded: false });
  });

  test("a long stretch is only counted, and what follows it is shown with its numbers", () => {
    const hunks = numbered(9000, 4500);
    expect(hunks.map(({ folded, count, lines }) => [folded, count, lines.length])).toEqual([
      [true, 4497, 0],
      [false, 8, 8],
      [true, 4496, 0],
    ]);
    expect(hunks[1]?.lines[3]).toEqual({ kind: "removed", text: "4500", before: 4501 });
    expect(hunks[1]?.lines[4]).toEqual({ kind: "added", text: "x", after: 4501 });
  });
});
