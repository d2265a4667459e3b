import { describe, expect, test } from "vitest";
import { jsonNodes, jsonText, previewOf } from "#/components/trace/json-nodes.ts";
import type { Json } from "#/lib/contract/json.ts";

function paths(value: Json, ...toggled: string[]): string[] {
  return jsonNodes(value, new Set(toggled)).map((node) => node.path);
}

describe("JSON tree", () => {
  test("small values are open near the top, deeper ones wait", () => {
    expect(paths({ a: { b: { c: 1 } }, d: [1] })).toEqual(["", "/a", "/a/b", "/d", "/d/0"]);
    expect(paths({ a: { b: { c: 1 } } }, "/a/b")).toEqual(["", "/a", "/a/b", "/a/b/c"]);
    expect(paths({ a: { b: 1 } }, "/a")).toEqual(["", "/a"]);
    expect(paths([1, 2], "")).toEqual([""]);
  });

  test("long lists open as ranges, each on demand", () => {
    const list = Array.from({ length: 250 }, (_, n) => n);
    expect(paths(list)).toEqual(["", "#0", "#100", "#200"]);
    const open = jsonNodes(list, new Set(["#200"]));
    expect(open).toHaveLength(4 + 50);
    expect(open.at(-1)).toMatchObject({ path: "/249", label: "249", value: 249 });
  });

  test("large objects open as ranges too, with their own keys", () => {
    const wide = Object.fromEntries(Array.from({ length: 150 }, (_, n) => [`k${n}`, n]));
    expect(jsonNodes(wide, new Set(["#100"])).at(-1)).toMatchObject({ path: "/k149", label: "k149" });
  });

  test("keys with separators keep paths apart", () => {
    const all = paths({ "a/b": 1, a: { b: 1 }, "a#0": 1, "a~1b": 1 });
    expect(new Set(all).size).toBe(all.length);
  });

  test("own keys named like prototype members are shown as data", () => {
    const hostile = JSON.parse('{"__proto__":{"x":1},"constructor":2}') as Json;
    expect(paths(hostile)).toEqual(["", "/__proto__", "/__proto__/x", "/constructor"]);
  });

  test("a depth of 100,000 is walked without recursion, as far as it is open", () => {
    let deep: Json = 1;
    for (let level = 0; level < 100_000; level++) deep = [deep];
    expect(jsonNodes(deep, new Set())).toHaveLength(3);
    expect(jsonText(deep)).toContain("nested too deeply");
  });

  test("never more lines than the page can carry", () => {
    const list: Json = Array.from({ length: 100 }, () => Array.from({ length: 100 }, () => 1));
    const toggled = new Set(Array.from({ length: 100 }, (_, n) => `/${n}`));
    expect(jsonNodes(list, toggled, 500)).toHaveLength(500);
  });

  test.each<[Json, string]>([
    [[], "[]"],
    [{}, "{}"],
    [[1], "1 item"],
    [[1, 2], "2 items"],
    [{ a: 1, b: 2, c: 3, d: 4, e: 5 }, "{ a, b, c, d, … }"],
  ])("a closed %j reads %s", (value, expected) => {
    const node = jsonNodes(value, new Set([""]))[0];
    expect(node && previewOf(node)).toBe(expected);
  });
});
