import { describe, expect, test } from "vitest";
import { storableText, text, textFault } from "#/lib/contract/text.ts";

describe("what a text must be to be kept as it was sent", () => {
  test.each([
    ["", null, ""],
    ["plain", null, "plain"],
    ["👋 whole", null, "👋 whole"],
    ["\u0001 a control", null, "\u0001 a control"],
    ["half \ud83d", "must be well-formed Unicode (no lone surrogates)", "half \ufffd"],
    ["\udc4b other half", "must be well-formed Unicode (no lone surrogates)", "\ufffd other half"],
    ["a\u0000b", "must not contain U+0000", "ab"],
    ["\u0000", "must not contain U+0000", ""],
  ])("%j", (value, fault, kept) => {
    expect(textFault(value)).toBe(fault);
    expect(text().safeParse(value).error?.issues[0]?.message ?? null).toBe(fault);
    expect(storableText(value)).toBe(kept);
  });
});
