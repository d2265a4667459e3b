import { describe, expect, test } from "vitest";
import { parseHeaderLines, parseQueryLines } from "#/components/tools/header-lines.ts";
import { historyByTool, markWords } from "#/components/tools/tool-history.ts";

describe("headers as people write them", () => {
  test.each([
    ["nothing", "", {}],
    ["one", "Authorization: Bearer a:b c", { Authorization: "Bearer a:b c" }],
    ["several, with blank lines and spaces", " a : 1 \n\n b:2\n", { a: "1", b: "2" }],
  ])("%s", (_what, text, headers) => {
    expect(parseHeaderLines(text)).toEqual({ headers });
  });

  test.each(["secret-without-a-name", "a b: c", ": x", "a:", "a:   "])("%j is no header, and is not quoted", (text) => {
    const parsed = parseHeaderLines(text);
    expect(parsed).toEqual({ fault: expect.any(String) });
    expect(JSON.stringify(parsed)).not.toContain("secret");
  });
});

describe("parameters of a query as people write them", () => {
  test.each([
    ["a value with colons", "at: 12:00", { at: "12:00" }],
    ["an empty value", "flag:", { flag: "" }],
    ["names that no header may have", "filter[name]: {{ args.name }}", { "filter[name]": "{{ args.name }}" }],
  ])("%s", (_what, text, query) => {
    expect(parseQueryLines(text)).toEqual({ query });
  });

  test.each(["a", ": x", "?a=b"])("%j is none", (text) => {
    expect(parseQueryLines(text)).toEqual({ fault: expect.any(String) });
  });
});

test("marks are gathered by tool, newest first, whatever else an event says", () => {
  const event = (target: string | null, before: unknown, after: unknown) => ({
    target,
    details: { before, after } as never,
    createdAt: "2026-01-01T00:00:00.000Z",
    actor: { kind: "user" as const, id: "usr_1" },
  });
  const found = historyByTool([
    event("tool_1", true, null),
    event("tool_2", null, false),
    event("tool_1", null, true),
    event(null, 1, 2),
  ]);
  expect(Object.keys(found)).toEqual(["tool_1", "tool_2"]);
  expect(found["tool_1"]?.map(({ before, after }) => `${markWords(before)} → ${markWords(after)}`)).toEqual([
    "read-only → no mark",
    "no mark → read-only",
  ]);
});
