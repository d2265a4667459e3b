import { z } from "zod";

/** `?limit=` and `?cursor=` of every list (keyset; the cursor is opaque and bound to workspace and filter). */
export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(2048).optional(),
});
export type PageQuery = z.infer<typeof PageQuery>;

/** The same of a list that comes whole where it is not very long: without `limit` a page is as large as it may be. */
export function pageQueryUpTo(most: number) {
  return PageQuery.extend({ limit: z.coerce.number().int().min(1).max(most).default(most) });
}

/** One page of a list. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ data: z.array(item), hasMore: z.boolean(), nextCursor: z.string().nullable() });
}
export type Page<T> = { data: T[]; hasMore: boolean; nextCursor: string | null };
