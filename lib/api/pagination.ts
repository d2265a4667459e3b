import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type { Json } from "#/lib/contract/json.ts";
import type { Page } from "#/lib/contract/page.ts";
import { env } from "#/lib/core/env.ts";
import { invalidField } from "#/lib/core/errors.ts";
import { canonicalJson } from "#/lib/core/hash.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";

/** Position in lists sorted by time and id. */
export const TimeAndId = z.strictObject({ createdAt: z.iso.datetime(), id: z.string().max(100) });
type TimeAndId = z.infer<typeof TimeAndId>;

/** Which list a cursor belongs to: its name and filter. */
export type ListOf = { list: string; filter: Record<string, Json | undefined> };

/** Where a page starts: null without a cursor. Throws validation_failed for another list's cursor. */
export function afterOf<A>(ctx: Ctx, of: ListOf, schema: z.ZodType<A>, cursor: string | undefined): A | null {
  if (cursor === undefined) return null;
  const [body = "", mac = "", ...rest] = cursor.split(".");
  const expected = macOf(ctx, of, body);
  const given = Buffer.from(mac, "base64url");
  const isOurs = rest.length === 0 && given.length === expected.length && timingSafeEqual(given, expected);
  const parsed = isOurs ? schema.safeParse(JSON.parse(Buffer.from(body, "base64url").toString("utf8"))) : null;
  if (!parsed?.success) throw invalidField("query.cursor", "is not a cursor of this list and filter");
  return parsed.data;
}

/** A page on the wire; `next` is the position after its last row, null when there is no more. */
export function pageOn<T, A extends Json>(ctx: Ctx, of: ListOf, slice: { data: T[]; next: A | null }): Page<T> {
  const { data, next } = slice;
  return { data, hasMore: next !== null, nextCursor: next === null ? null : cursorOf(ctx, of, next) };
}

/** One page of a list that is sorted by time and id: `read` gives the rows behind `after`. Throws as `afterOf` does. */
export async function readPage<T>(
  ctx: Ctx,
  of: ListOf,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
  read: (slice: { limit: number; after: TimeAndId | null }) => Promise<{ data: T[]; next: TimeAndId | null }>,
): Promise<Page<T>> {
  return pageOn(ctx, of, await read({ limit, after: afterOf(ctx, of, TimeAndId, cursor) }));
}

/** One page of a list that is read whole; `keyOf` gives text that is unique in it and sorts as the list does. */
export function pageOfWhole<T>(
  ctx: Ctx,
  of: ListOf,
  rows: T[],
  keyOf: (row: T) => string,
  query: { limit: number; cursor?: string | undefined },
): Page<T> {
  const after = afterOf(ctx, of, z.string().max(500), query.cursor);
  const rest = rows
    .map((row) => ({ row, key: keyOf(row) }))
    .filter(({ key }) => after === null || key > after)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const shown = rest.slice(0, query.limit);
  const next = rest.length > query.limit ? (shown.at(-1)?.key ?? null) : null;
  return pageOn(ctx, of, { data: shown.map(({ row }) => row), next });
}

/** Sorts numbers newest first where a key must be text. */
export function descendingKey(number: number): string {
  return String(Number.MAX_SAFE_INTEGER - number).padStart(16, "0");
}

function cursorOf(ctx: Ctx, of: ListOf, after: Json): string {
  const body = Buffer.from(JSON.stringify(after)).toString("base64url");
  return `${body}.${macOf(ctx, of, body).toString("base64url")}`;
}

/** Signed, so that a cursor cannot be made up, nor carried to another workspace, list or filter. */
function macOf(ctx: Ctx, of: ListOf, body: string): Buffer {
  const filter = canonicalJson(JSON.parse(JSON.stringify(of.filter)) as Json);
  const key = createHmac("sha256", env("NEXTAUTH_SECRET")).update("reprise list cursor").digest();
  return createHmac("sha256", key)
    .update(JSON.stringify([ctx.workspace.id, of.list, filter, body]))
    .digest()
    .subarray(0, 16);
}
