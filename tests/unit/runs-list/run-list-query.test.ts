import { describe, expect, test } from "vitest";
import {
  apiSearchOf,
  decodeCursor,
  encodeCursor,
  hasFilter,
  nextPage,
  parseRunListQuery,
  previousPage,
  runFilterOf,
  type RunListQuery,
  runListSearch,
  type SearchParams,
  withFilter,
} from "#/components/runs/run-list-query.ts";

function parse(search: string): RunListQuery {
  const params: SearchParams = {};
  const entries = new URLSearchParams(search);
  for (const name of entries.keys()) params[name] = entries.getAll(name);
  return parseRunListQuery(params);
}

const cursor = (second: number) => ({
  createdAt: `2026-11-21T10:00:0${second}.123Z`,
  id: `run_01k9${second}`,
});

describe("the address", () => {
  test.each([
    "",
    "status=failed&status=running",
    "workflow=support-refund&version=3",
    "mode=as_is&tag=nightly+%26+slow",
    "workflow=a&workflow=b&mode=original&mode=model&tag=x&tag=y&environment=staging&environment=production",
    "range=24h&q=run_01",
    "status=failed&batch=batch_01k9",
    "status=failed&schedule=sched_01k9",
    "tag=vip&payload.ticketId=T-17&payload.items%5B0%5D.sku=A+%26+B&payload.note=",
    "from=2026-11-01T00%3A00%3A00.000Z&to=2026-11-02T00%3A00%3A00.000Z",
    `q=x&cursor=${encodeCursor(cursor(2))}&trail=${encodeCursor(cursor(1))}`,
  ])("%s is read and written the same", (search) => {
    expect(runListSearch(parse(search))).toBe(search);
  });

  test.each([
    "status=bogus",
    "version=0",
    "version=1.5",
    "version=99999999999",
    "mode=other",
    "range=toString",
    "from=yesterday",
    "cursor=garbage",
    "cursor=zzzzzzzzzz.run_1",
    "trail=x~y",
    "payload.=x",
    "payload.a..b=x",
    "payloadx.a=1",
    "payload.a=%00",
    "q=",
  ])("%s is not understood and left out", (search) => {
    expect(runListSearch(parse(search))).toBe("");
  });

  test("what the database cannot hold is taken out of free text", () => {
    expect(parse("q=a%00b&tag=%00x&workflow=%00")).toMatchObject({ q: "ab", tag: ["x"], workflow: [] });
    expect(parseRunListQuery({ q: "a\ud800b" }).q).toBe("a\ufffdb");
  });

  test("at most three payload fields are held; one may be typed as text", () => {
    const four = parse("payload.a=1&payload.b=2&payload.c=3&payload.d=4");
    expect(four.payload).toEqual({ "payload.a": "1", "payload.b": "2", "payload.c": "3" });
    const typed = parse("q=payload.ticketId%3DT-17&payload.vip=true");
    expect(runFilterOf(typed, 0)).toMatchObject({ "payload.vip": "true", "payload.ticketId": "T-17" });
    expect(runFilterOf(typed, 0).q).toBeUndefined();
    expect(runFilterOf(parse("q=payload.ticketId"), 0).q).toBe("payload.ticketId");
    expect(runFilterOf({ ...four, q: "payload.e=5" }, 0)).toMatchObject({ ...four.payload, q: "payload.e=5" });
    expect(apiSearchOf(runFilterOf(typed, 0)).toString()).toBe("payload.vip=true&payload.ticketId=T-17");
    expect(hasFilter(parse("payload.vip=true"))).toBe(true);
  });

  test("statuses separated by commas are understood, doubled ones count once", () => {
    expect(parse("status=failed,running&status=failed").status).toEqual(["failed", "running"]);
  });
});

describe("pages", () => {
  test("next and previous lead to and fro", () => {
    const first = parse("status=failed");
    const second = nextPage(first, cursor(1));
    const third = nextPage(second, cursor(2));
    expect(decodeCursor(third.cursor ?? "")).toEqual(cursor(2));
    expect(previousPage(third)).toEqual(second);
    expect(previousPage(second)).toEqual(first);
    expect(previousPage(first)).toBeNull();
  });

  test("the trail does not grow without end; where it was cut the way back leads to the newest", () => {
    let query = parse("");
    for (let page = 0; page < 40; page += 1) query = nextPage(query, cursor(page % 10));
    expect(query.trail).toHaveLength(12);
    let steps = 0;
    for (let back = previousPage(query); back !== null; back = previousPage(back)) steps += 1;
    expect(steps).toBe(13);
  });

  test("another filter starts at the first page; another workflow forgets the version", () => {
    const query = nextPage(parse("workflow=a&version=2"), cursor(1));
    expect(withFilter(query, { q: "x" })).toMatchObject({ cursor: null, trail: [], version: 2, q: "x" });
    expect(withFilter(query, { workflow: ["b"] })).toMatchObject({ cursor: null, version: null });
  });

  test("a cursor is no filter", () => {
    expect(hasFilter(nextPage(parse(""), cursor(1)))).toBe(false);
    expect(hasFilter(parse("q=x"))).toBe(true);
  });
});

describe("the filter for the server", () => {
  test("a relative range is counted back from now and has no end", () => {
    const filter = runFilterOf(parse("range=1h&to=2020-01-01T00:00:00Z"), Date.parse("2026-11-21T12:00:00Z"));
    expect(filter).toMatchObject({ from: "2026-11-21T11:00:00.000Z", to: undefined });
  });

  test("goes to the API as it goes to the verb, statuses repeated, nothing empty", () => {
    const filter = runFilterOf(parse("status=failed&status=running&q=a%26b&version=2"), 0);
    expect(apiSearchOf(filter).toString()).toBe("status=failed&status=running&version=2&q=a%26b");
  });
});
