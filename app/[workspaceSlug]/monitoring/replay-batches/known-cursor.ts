import { DomainError } from "#/lib/core/errors.ts";

/**
 * The page that an address asks for, by the API's cursor. One that is not of this list, as in an old link, leads to the
 * first page.
 */
export async function knownCursor<P>(
  given: string | string[] | undefined,
  read: (cursor: string | undefined) => Promise<P>,
): Promise<{ page: P; cursor: string | null }> {
  const cursor = [given].flat()[0];
  if (!cursor) return { page: await read(undefined), cursor: null };
  try {
    return { page: await read(cursor), cursor };
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== "validation_failed") throw error;
    return { page: await read(undefined), cursor: null };
  }
}
