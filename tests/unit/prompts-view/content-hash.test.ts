import { describe, expect, test } from "vitest";
import { browserHash, revisionFault } from "#/components/prompts/content-hash.ts";
import { parsePromptQuery, promptSearch } from "#/components/prompts/prompt-query.ts";
import { promptHash } from "#/lib/prompts/revision.ts";

describe("the hash shown while typing", () => {
  test("is the contract's for the text `test`", async () => {
    expect(await browserHash("test")).toBe("sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08");
  });

  test.each(["", " ", "line\n", "line\r\n", "\u00e9", "e\u0301", "\u{1f600}", "\ufeffmark", "{{ trigger.ticket }}"])(
    "is the server's for %j",
    async (text) => {
      expect(await browserHash(text)).toBe(promptHash(text));
    },
  );

  test("is unknown for a text that has no UTF-8 form", async () => {
    expect(await browserHash("\ud800")).toBeNull();
    expect(revisionFault("\ud800")).toMatch(/surrogate/);
  });
});

test.each([
  ["", /Enter the text/],
  ["a\u0000b", /U\+0000/],
  ["a".repeat(1_000_001), /at most/],
])("a text that the server would refuse is refused before", (text, reason) => {
  expect(revisionFault(text)).toMatch(reason);
  expect(revisionFault("a")).toBeNull();
});

describe("the address of a prompt's page", () => {
  const hash = `sha256:${"a".repeat(64)}`;
  test.each([
    { revision: null, against: null, before: null },
    { revision: hash, against: `sha256:${"b".repeat(64)}`, before: 40 },
  ])("reads back what it wrote: %o", (query) => {
    expect(parsePromptQuery(Object.fromEntries(new URLSearchParams(promptSearch(query))))).toEqual(query);
  });

  test("leaves out what cannot be understood", () => {
    expect(parsePromptQuery({ revision: "sha256:ABC", against: ["x", hash], before: "-1" })).toEqual({
      revision: null,
      against: null,
      before: null,
    });
  });
});
