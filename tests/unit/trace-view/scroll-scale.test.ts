import { describe, expect, test } from "vitest";
import {
  clampOffset,
  offsetOfScroll,
  offsetToShow,
  scrollOfOffset,
  scrollScale,
} from "#/components/trace/scroll-scale.ts";

describe("scrollbar", () => {
  test("100,000 rows scroll one to one", () => {
    const scale = scrollScale(100_000, 28, 600);
    expect(scale.spacer).toBe(2_800_000);
    expect(offsetOfScroll(scale, 1234)).toBe(1234);
    expect(scrollOfOffset(scale, 1234)).toBe(1234);
  });

  test.each([1_000_000, 5_000_000])("%d rows keep the element small and reach both ends exactly", (count) => {
    const scale = scrollScale(count, 28, 600);
    expect(scale.spacer).toBeLessThan(33_000_000);
    expect(offsetOfScroll(scale, 0)).toBe(0);
    expect(offsetOfScroll(scale, scale.spacer - 600)).toBe(count * 28 - 600);
    for (const offset of [0, 28, 9_999_972, count * 28 - 600])
      expect(Math.abs(offsetOfScroll(scale, scrollOfOffset(scale, offset)) - offset)).toBeLessThanOrEqual(1);
  });

  test("fewer rows than the view holds do not scroll", () => {
    const scale = scrollScale(3, 28, 600);
    expect(clampOffset(scale, 500)).toBe(0);
    expect(offsetToShow(scale, 2, 0, 2)).toBeNull();
  });
});

describe("bringing a row into view", () => {
  const scale = scrollScale(1000, 28, 280);
  test.each([
    ["in view: stays", 15, 280, null],
    ["above: comes in with a margin", 5, 280, 3 * 28],
    ["below: comes in with a margin", 30, 280, 31 * 28 + 2 * 28 - 280],
    ["the first row: the very top", 0, 280, 0],
    ["the last row: the very end", 999, 0, 1000 * 28 - 280],
  ])("%s", (_name, index, offset, expected) => {
    expect(offsetToShow(scale, index, offset, 2)).toBe(expected);
  });
});
