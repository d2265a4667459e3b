import { describe, expect, test } from "vitest";
import { RunFilter, RunListRequest } from "#/lib/contract/run.ts";
import { payloadConditions, payloadFilterOf, payloadPath } from "#/lib/contract/payload-path.ts";

describe("a path in the payload", () => {
  test.each<[string, string[]]>([
    ["ticketId", ["ticketId"]],
    ["customer.address.city", ["customer", "address", "city"]],
    ["items[0].sku", ["items", "0", "sku"]],
    ["items.0.sku", ["items", "0", "sku"]],
    ["items.[0].sku", ["items", "0", "sku"]],
    ["[12].id", ["12", "id"]],
    ["grid[0][1]", ["grid", "0", "1"]],
    ['["a.b"].c', ["a.b", "c"]],
    ['a["b]"]["\\""]', ["a", "b]", '"']],
    ['[""]', [""]],
    ["two words.übung.a-b_c$=", ["two words", "übung", "a-b_c$="]],
    ["__proto__.constructor", ["__proto__", "constructor"]],
    ["\u{1f600}.x", ["\u{1f600}", "x"]],
  ])("%s", (text, path) => expect(payloadPath(text)).toEqual(path));

  test.each([
    ...["", ".", ".a", "a.", "a..b", "[", "[]", "a[", "a[x]", "a[-1]", "a[01]", "a[1.5]", "a]b", "[0]a"],
    ...['["a"', '["a"]b', '["\\x"]', 'a"b', ".[0]"],
  ])("%j is none", (text) => expect(payloadPath(text)).toBeNull());
});

test("PATH=VALUE is parted at the first equals sign outside of a quoted key", () => {
  expect(payloadFilterOf("a.b=c=d")).toEqual({ field: "payload.a.b", value: "c=d" });
  expect(payloadFilterOf('["a=b"]=1')).toEqual({ field: 'payload.["a=b"]', value: "1" });
  expect(payloadFilterOf("note=")).toEqual({ field: "payload.note", value: "" });
  for (const text of ["", "=", "=x", "a", "a..b=1", `a=${"x".repeat(257)}`]) expect(payloadFilterOf(text)).toBeNull();
});

test("a text of many quoted keys is read at once, whether it is a filter or not", () => {
  const keys = '["a"]'.repeat(40);
  expect(payloadFilterOf(keys)).toBeNull();
  expect(payloadFilterOf(`${'["a=b"]'.repeat(30)}["`)).toBeNull();
  expect(payloadFilterOf(`${keys}=1`)).toEqual({ field: `payload.${keys}`, value: "1" });
  expect(payloadFilterOf(`${'["'.repeat(40)}=1`)).toBeNull();
});

describe("the filter of runs", () => {
  const faults = (value: unknown) =>
    [RunFilter, RunListRequest].map((schema) =>
      (schema.safeParse(value).error?.issues ?? []).map((issue) =>
        issue.code === "unrecognized_keys" ? issue.keys.join() : `${issue.path.join("/")}: ${issue.message}`,
      ),
    );

  test("takes up to three fields of the payload beside its own", () => {
    const filter = { tag: ["vip"], "payload.ticketId": "T-17", "payload.items[0].sku": "A", "payload.vip": "true" };
    expect(RunFilter.parse(filter)).toEqual(filter);
    expect(RunListRequest.parse({ ...filter, limit: "5" })).toEqual({ ...filter, limit: 5 });
    expect(payloadConditions(filter)).toEqual([
      { path: ["ticketId"], value: "T-17" },
      { path: ["items", "0", "sku"], value: "A" },
      { path: ["vip"], value: "true" },
    ]);
  });

  test.each<[object, string]>([
    [{ "payload.a": "1", "payload.b": "2", "payload.c": "3", "payload.d": "4" }, "payload.d: at most 3"],
    [{ "payload.": "1" }, "payload.: is no path"],
    [{ "payload.a..b": "1" }, "payload.a..b: is no path"],
    [{ "payload.a": ["1", "2"] }, "payload.a: Invalid input"],
    [{ "payload.a": 1 }, "payload.a: Invalid input"],
    [{ "payload.a": "x".repeat(257) }, "payload.a: must be at most 256"],
    [{ [`payload.${"x".repeat(257)}`]: "1" }, `payload.${"x".repeat(257)}: has a path longer than 256`],
    [{ payload: "1" }, "payload"],
    [{ payloadx: "1" }, "payloadx"],
    [{ "payloadx.a": "1" }, "payloadx.a"],
    [{ stauts: "failed" }, "stauts"],
  ])("refuses %j", (filter, fault) => {
    for (const found of faults(filter)) {
      expect(found).toHaveLength(1);
      expect(found[0]).toContain(fault);
    }
  });
});
