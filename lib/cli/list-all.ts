import type { Page, PagePromise } from "#/lib/sdk/client.ts";

/** Up to `limit` items of a list, over its pages. */
export async function listAll<T>(
  load: (page: { limit: number; cursor?: string }) => PagePromise<T>,
  limit: number,
): Promise<{ data: T[]; hasMore: boolean; nextCursor: string | null }> {
  const data: T[] = [];
  let cursor: string | null = null;
  do {
    const size = Math.min(100, limit - data.length);
    const page: Page<T> = await load({ limit: size, ...(cursor === null ? {} : { cursor }) });
    data.push(...page.data);
    cursor = page.nextCursor;
  } while (cursor !== null && data.length < limit);
  return { data, hasMore: cursor !== null, nextCursor: cursor };
}
