import { describe, expect, test } from "vitest";
import { toldChange } from "#/lib/tools/listing-change.ts";

const names = (count: number, of = "tool") => Array.from({ length: count }, (_, n) => `${of}_${n}`);

describe("what an audit row says of a change of tools", () => {
  test.each([
    ["nothing", { added: [], changed: [], removed: [] }],
    ["some", { added: names(3), changed: ["a"], removed: [] }],
    ["as many as it names", { added: names(100), changed: names(100), removed: names(100) }],
  ])("is all of it: %s", (_what, change) => {
    expect(toldChange(change)).toEqual(change);
  });

  test.each([101, 2000])("is bounded: %i of a kind", (count) => {
    const change = { added: names(count, "x".repeat(200)), changed: [], removed: ["gone"] };
    const told = toldChange(change);
    expect(told).toMatchObject({
      ...{ added: change.added.slice(0, 100), changed: [], removed: ["gone"] },
      counts: { added: count, changed: 0, removed: 1 },
      contentHash: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    });
    expect(JSON.stringify(told).length).toBeLessThan(32_000);
    const other = { ...change, added: [...change.added.slice(0, -1), "another"] };
    expect(toldChange(other)["contentHash"]).not.toBe(told["contentHash"]);
  });
});
