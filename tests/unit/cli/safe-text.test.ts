import { expect, test } from "vitest";
import { safeJson, safeText } from "#/lib/cli/safe-text.ts";

const points = [
  ...Array.from({ length: 32 }, (_, code) => code),
  ...Array.from({ length: 33 }, (_, code) => 0x7f + code),
  ...[0x061c, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202e, 0x2066, 0x2069, 0xfeff, 0xd800, 0xdfff],
];
const hostile = points.map((code) => String.fromCharCode(code)).join("a");
const printable = /^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]*$/u;

test("no control, direction mark, line separator or lone surrogate is left in a line", () => {
  expect(safeText(hostile)).toMatch(printable);
});

test("JSON stays the same value, and is as safe", () => {
  const value = { [hostile]: [hostile, "ok 🙂 é"] };
  const text = safeJson(value);
  expect(text).toMatch(printable);
  expect(JSON.parse(text)).toEqual(value);
  expect(JSON.parse(safeJson(value, 2))).toEqual(value);
});

test("an escape sequence is shown, not done", () => {
  expect(safeText("\u001b]0;owned\u0007\u001b[31mred\r\n")).toBe("\\x1b]0;owned\\u0007\\x1b[31mred\\r\\n");
});

test.each(["plain", "naïve Ünïcode", "日本語", "🙂 👩‍💻".replace("\u200d", ""), "a\\b"])(
  "visible text is left alone: %s",
  (text) => {
    expect(safeText(text)).toBe(text);
  },
);
