import { describe, expect, test } from "vitest";
import { retryAfterMs } from "#/lib/models/retry-after.ts";
import { shownWords } from "#/lib/models/call-failure.ts";

test.each([
  ["the key itself", "bad key: tenant-key-1", "bad key: [redacted]"],
  ["a masked key", "Incorrect API key provided: sk-proj-****abcd.", "Incorrect API key provided: [redacted]."],
  ["another key", "leaked sk-ant-api03-AAAABBBB here", "leaked [redacted] here"],
  ["a bearer token", 'sent "Bearer abc.def"', 'sent "Bearer [redacted]"'],
  ["credentials in a URL", "at https://user:pass@host/x", "at https://[redacted]@host/x"],
  ["control characters", "a\u0000b\u001b[31mc\r\nd", "a b [31mc d"],
  ["plain words", "the model is overloaded", "the model is overloaded"],
])("a provider's words are safe to show: %s", (_name, text, expected) => {
  expect(shownWords(text, "tenant-key-1")).toBe(expected);
});

test("long words of a provider are cut", () => {
  expect(shownWords("x".repeat(10_000), "").length).toBe(501);
});

describe("Retry-After", () => {
  const now = new Date("2026-11-21T00:00:00Z");
  test.each([
    [{ "retry-after": "2" }, 2000],
    [{ "retry-after": "0" }, 0],
    [{ "retry-after": "1.5" }, 1500],
    [{ "retry-after-ms": "250" }, 250],
    [{ "retry-after-ms": "250", "retry-after": "9" }, 250],
    [{ "retry-after": "Sat, 21 Nov 2026 00:00:30 GMT" }, 30_000],
    [{ "retry-after": "Fri, 20 Nov 2026 00:00:00 GMT" }, 0],
    [{ "retry-after": "soon" }, null],
    [{ "retry-after": "-5" }, null],
    [{}, null],
  ])("%j", (headers, expected) => {
    expect(retryAfterMs(new Headers(headers as Record<string, string>), now)).toBe(expected);
  });
});
