import { describe, expect, test } from "vitest";
import {
  spansFault,
  keptInput,
  maxInputBytes,
  maxOutputBytes,
  maxReadBytes,
  maxRunOutputBytes,
  maxSaidBytes,
  maxShownBytes,
  maxValues,
  outputFault,
  outputSize,
  readFault,
  saidFault,
  shownResults,
} from "#/lib/runs/output-limits.ts";

describe("what steps may put out and read", () => {
  test.each<[string, number, number, RegExp | null]>([
    ["nothing", 0, 0, null],
    ["the largest output", maxOutputBytes, 0, null],
    [
      "one byte more",
      maxOutputBytes + 1,
      0,
      /^The output of draft has 32\.0 MiB; a step may put out 32\.0 MiB, or 1,048,576 values\.$/,
    ],
    ["the last byte of a run", 1, maxRunOutputBytes - 1, null],
    [
      "one byte more than a run",
      1,
      maxRunOutputBytes,
      /output of draft .*a run may put out 256\.0 MiB, or 8,388,608 values\.$/,
    ],
    ["nothing more, in a full run", 0, maxRunOutputBytes, null],
  ])("%s", (_what, bytes, before, fault) => {
    const found = outputFault("draft", bytes, before);
    if (fault === null) expect(found).toBeNull();
    else expect(found).toMatch(fault);
  });
  test.each([
    ["few values", 1000, 10, 1000],
    ["many small ones", 3_000_000, 1_000_000, 32_000_000],
    ["as many as may be", 0, maxValues, maxOutputBytes],
  ])("the size of %s", (_what, bytes, values, size) => {
    expect(outputSize(bytes, values)).toBe(size);
  });
  test("reading", () => {
    expect(readFault("sum", maxReadBytes)).toBeNull();
    expect(readFault("sum", maxReadBytes + 1)).toMatch(/^The expressions of sum read outputs of 64\.0 MiB at once/);
  });
});

describe("the conversation of an agent", () => {
  const half = maxShownBytes / 2;
  test.each<[string, (number | null)[], number, boolean[]]>([
    ["nothing", [], 0, []],
    ["all that fits", [half, half], 0, [true, true]],
    ["none behind those that fill it", [half, half, 1, 1], 0, [true, true, false, false]],
    ["what is too large by itself takes no place", [maxShownBytes + 1, 5, half], 0, [false, true, true]],
    ["less, after earlier turns", [half + 1, 7, half - 7, 1], half, [false, true, true, false]],
    ["nothing in a full one", [1, 0], maxShownBytes, [false, true]],
    ["those that have ended first hold no place of earlier ones", [null, half, half, 1], 0, [false, true, true, false]],
    ["… and lose it when those end", [half, half, half, 1], 0, [true, true, false, false]],
  ])("results that are shown: %s", (_what, sizes, before, shown) => {
    expect(shownResults(sizes, before)).toEqual(shown);
  });
  test("answers", () => {
    expect(saidFault("act", maxSaidBytes)).toBeNull();
    expect(saidFault("act", maxSaidBytes + 1)).toMatch(
      /^The model of act has answered 8\.0 MiB; .* 8\.0 MiB, or 262,144 values\.$/,
    );
  });
});

test("an input that is too large goes as a whole", () => {
  const text = (bytes: number) => JSON.stringify("é".repeat((bytes - 2) / 2));
  expect(keptInput(text(maxInputBytes))).toBe(text(maxInputBytes));
  expect(JSON.parse(keptInput(text(maxInputBytes + 2)))).toBe(
    "[not kept: 32.0 MiB; a trace shows inputs of up to 32.0 MiB, or 1,048,576 values]",
  );
});

test("nothing begins in a run of a hundred thousand spans", () => {
  expect([0, 99_999].map((spans) => spansFault("each", spans))).toEqual([null, null]);
  expect(spansFault("each", 100_000)).toContain("100,000 spans");
});
