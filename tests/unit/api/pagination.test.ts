import { beforeAll, describe, expect, test } from "vitest";
import type { DbHandle } from "#/db/client.ts";
import { afterOf, descendingKey, pageOfWhole, pageOn, TimeAndId } from "#/lib/api/pagination.ts";
import { systemClock } from "#/lib/core/clock.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";

beforeAll(() => {
  process.env["NEXTAUTH_SECRET"] = "a-secret-of-the-tests";
});

const ctxOf = (id: string): Ctx => ({
  actor: { kind: "system", name: "test" },
  workspace: { id, slug: id, name: id, accountId: "acc_1" },
  db: null as unknown as DbHandle,
  clock: systemClock,
  requestId: "req_1",
});
const ctx = ctxOf("ws_1");
const of = { list: "runs", filter: { status: ["failed"], q: "x" } };
const after = { createdAt: "2026-11-20T10:00:00.000Z", id: "run_1" };
const cursorFor = (within = ctx, list: typeof of = of) =>
  pageOn(within, list, { data: [], next: after }).nextCursor ?? "";

describe("cursors", () => {
  test("give back the position they were made from", () => {
    expect(afterOf(ctx, of, TimeAndId, cursorFor())).toEqual(after);
    expect(afterOf(ctx, of, TimeAndId, undefined)).toBeNull();
  });

  test("do not depend on the order of the filter's fields, nor on fields that are not set", () => {
    const same = { list: "runs", filter: { q: "x", tag: undefined, status: ["failed"] } };
    expect(afterOf(ctx, same, TimeAndId, cursorFor())).toEqual(after);
  });

  const tampered = () => {
    const [body = "", mac = ""] = cursorFor().split(".");
    const other = Buffer.from(JSON.stringify({ ...after, id: "run_2" })).toString("base64url");
    return [
      `${other}.${mac}`,
      `${body}.${mac.slice(1)}`,
      `${body}.`,
      body,
      `.${mac}`,
      `${body}.${mac}.${mac}`,
      "",
      "x",
      "💥",
      `${body}.${"A".repeat(mac.length)}`,
    ];
  };
  test.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])("a made-up one is refused, naming query.cursor (case %i)", (index) => {
    expect(() => afterOf(ctx, of, TimeAndId, tampered()[index])).toThrow(
      expect.objectContaining({
        code: "validation_failed",
        fields: [{ path: "query.cursor", message: expect.any(String) }],
      }),
    );
  });

  test.each([
    ["another workspace's", ctxOf("ws_2"), of],
    ["another list's", ctx, { ...of, list: "prompts" }],
    ["another filter's", ctx, { ...of, filter: { ...of.filter, q: "y" } }],
    ["one without the filter", ctx, { ...of, filter: {} }],
  ] as const)("%s is refused", (_name, within, list) => {
    expect(() => afterOf(ctx, of, TimeAndId, cursorFor(within, list as typeof of))).toThrow(
      /not a cursor of this list/,
    );
  });
});

describe("pages of a list that is read whole", () => {
  const rows = [5, 3, 1, 4, 2];
  test("show every row once, in order, even when rows come and go between pages", () => {
    const first = pageOfWhole(ctx, of, rows, descendingKey, { limit: 2 });
    expect(first).toMatchObject({ data: [5, 4], hasMore: true });
    const rest = { limit: 2, cursor: first.nextCursor ?? "" };
    expect(pageOfWhole(ctx, of, rows, descendingKey, rest).data).toEqual([3, 2]);
    expect(pageOfWhole(ctx, of, [6, 5, 3, 2, 1], descendingKey, rest).data).toEqual([3, 2]);
    expect(pageOfWhole(ctx, of, [3], descendingKey, rest)).toEqual({ data: [3], hasMore: false, nextCursor: null });
  });
});
