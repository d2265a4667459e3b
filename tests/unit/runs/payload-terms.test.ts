import { describe, expect, test } from "vitest";
import type { Json } from "#/lib/contract/json.ts";
import { payloadPath } from "#/lib/contract/payload-path.ts";
import { payloadTerm, payloadTerms } from "#/lib/runs/payload-terms.ts";

const isFound = (payload: Json, path: string, value: string) =>
  payloadTerms("ws_1", payload).includes(payloadTerm("ws_1", { path: payloadPath(path) ?? [], value }));

describe("a payload is found by", () => {
  const payload = JSON.parse(`{
    "ticketId": "T-17", "amount": 100.0, "big": 1e21, "vip": true, "none": null, "empty": "", "number": "100",
    "customer": { "id": 7, "address": { "city": "Köln" } },
    "items": [{ "sku": "A" }, { "sku": "B" }, ["x", ["y"]]],
    "a.b": { "c]": "quoted" }, "__proto__": { "x": "1" }, "nul": "a\\u0000b", "half": "\\ud800"
  }`) as Json;

  test.each([
    ["ticketId", "T-17"],
    ["amount", "100"],
    ["number", "100"],
    ["big", "1e+21"],
    ["vip", "true"],
    ["none", "null"],
    ["empty", ""],
    ["customer.id", "7"],
    ["customer.address.city", "Köln"],
    ["items[1].sku", "B"],
    ["items.1.sku", "B"],
    ["items[2][1][0]", "y"],
    ['["a.b"]["c]"]', "quoted"],
    ["__proto__.x", "1"],
    ["nul", "a\u0000b"],
    ["half", "\ud800"],
  ])("%s=%s", (path, value) => expect(isFound(payload, path, value)).toBe(true));

  test.each([
    ["ticketId", "T-1"],
    ["ticketId", "t-17"],
    ["amount", "100.0"],
    ["customer", "7"],
    ["id", "7"],
    ["items[0].sku", "B"],
    ["items", "A"],
    ["a.b", "quoted"],
    ["half", "\ufffd"],
    ["nothing", "null"],
  ])("and not by %s=%s", (path, value) => expect(isFound(payload, path, value)).toBe(false));
});

test.each<[Json, number]>([
  [null, 0],
  ["text", 0],
  [{}, 0],
  [[1, "1"], 2],
  [["one", "one"], 2],
])("%j has %i terms", (payload, count) => expect(payloadTerms("ws_1", payload)).toHaveLength(count));

test("a term is its workspace's, and parts of a path do not run into one another", () => {
  const terms = [
    payloadTerm("ws_1", { path: ["a", "b"], value: "c" }),
    payloadTerm("ws_2", { path: ["a", "b"], value: "c" }),
    payloadTerm("ws_1", { path: ["a"], value: "b,c" }),
    payloadTerm("ws_1", { path: ["a.b"], value: "c" }),
    payloadTerm("ws_1", { path: ["a", "b", "c"], value: "" }),
  ];
  expect(new Set(terms).size).toBe(5);
  for (const term of terms) expect(term).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
});

test("the first 256 scalars count, level by level; what is too long or too deep is left out", () => {
  const wide = { deep: { at: "bottom" }, list: Array.from({ length: 1000 }, (_, n) => n), last: "top" };
  expect(payloadTerms("ws_1", wide)).toHaveLength(256);
  expect(isFound(wide, "last", "top")).toBe(true);
  expect(isFound(wide, "deep.at", "bottom")).toBe(true);
  expect(isFound(wide, "list[253]", "253")).toBe(true);
  expect(isFound(wide, "list[254]", "254")).toBe(false);
  expect(payloadTerms("ws_1", { long: "x".repeat(257), longest: "x".repeat(256) })).toHaveLength(1);
  expect(payloadTerms("ws_1", { ["k".repeat(257)]: 1, ["k".repeat(256)]: 1 })).toHaveLength(1);
  let nested: Json = "bottom";
  for (let depth = 0; depth < 5000; depth++) nested = [nested];
  expect(payloadTerms("ws_1", nested)).toEqual([]);
  const empties = Array.from({ length: 300_000 }, () => []);
  expect(payloadTerms("ws_1", { empties, id: "1" })).toHaveLength(1);
});
