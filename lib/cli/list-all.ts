import type { Command } from "commander";
import type { Page, PagePromise } from "#/lib/sdk/client.ts";
import { wholeNumber } from "./option-values.ts";

export type PageOptions = { limit: number; cursor?: string };

/** How much of a list, and from where. */
export function addPageOptions(command: Command, defaultLimit: number): Command {
  return command
    .option("-n, --limit <count>", "maximum number of them", wholeNumber(1, 10_000), defaultLimit)
    .option("--cursor <cursor>", "continue where an earlier list ended");
}

/** Up to `limit` items of a list, over its pages, from the cursor `first` on. */
export async function listAll<T>(
  load: (page: { limit: number; cursor?: string }) => PagePromise<T>,
  limit: number,
  first: string | null = null,
): Promise<{ data: T[]; hasMore: boolean; nextCursor: string | null }> {
  const data: T[] = [];
  let cursor = first;
  do {
    const size = Math.min(100, limit - data.length);
    const page: Page<T> = await load({ limit: size, ...(cursor === null ? {} : { cursor }) });
    data.push(...page.data);
    cursor = page.nextCursor;
  } while (cursor !== null && data.length < limit);
  return { data, hasMore: cursor !== null, nextCursor: cursor };
}
