import { describe, expect, test } from "vitest";
import { PackedTexts } from "#/components/trace/packed-texts.ts";

describe.each([
  ["ids", ["span_a1", "span_b2", "span_c3"]],
  ["of several lengths, some empty", ["", "a", "", "abc", "ab"]],
  ["beyond ASCII", ["é", "日本", "🙂", "plain", ""]],
  ["none", []],
] as const)("texts: %s", (_name, texts) => {
  const packed = new PackedTexts(texts);

  test("come out as they went in", () => {
    expect(packed.length).toBe(texts.length);
    expect(texts.map((_text, row) => packed.at(row))).toEqual(texts);
    expect([packed.at(-1), packed.at(texts.length), packed.at(0.5)].slice(0, 2)).toEqual([undefined, undefined]);
  });

  test("are found at their first row, and nowhere else", () => {
    for (const text of texts) expect(packed.indexOf(text)).toBe((texts as readonly string[]).indexOf(text));
    expect(packed.indexOf("span_")).toBe(-1);
    expect(packed.indexOf("1")).toBe(-1);
  });
});

test("a hundred thousand ids are searched within a few milliseconds", () => {
  const packed = new PackedTexts(
    Array.from({ length: 100_000 }, (_, at) => `span_01kabc${String(at).padStart(20, "0")}`),
  );
  expect(packed.indexOf(`span_01kabc${String(99_999).padStart(20, "0")}`)).toBe(99_999);
});
