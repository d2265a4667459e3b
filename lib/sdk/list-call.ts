import type { Page as PageBody } from "#/lib/contract/page.ts";
import { listOf, type PagePromise } from "./page.ts";
import type { CallOptions, Query, Transport } from "./transport.ts";

/** `limit`: items on one page, 1 to 100 (20). */
export type ListOptions = { limit?: number; cursor?: string } & Pick<CallOptions, "signal" | "timeoutMs">;

/** The list behind a path; `query` are its filters. */
export function listCall<T>(
  transport: Transport,
  path: string,
  options: ListOptions,
  query: Query = {},
): PagePromise<T> {
  const { limit, cursor: first, ...call } = options;
  const load = async (cursor: string | undefined) =>
    (await transport.request<PageBody<T>>("GET", path, { ...call, query: { ...query, limit, cursor } })).data;
  return listOf(load, first);
}
