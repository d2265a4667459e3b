import type { DbHandle } from "#/db/client.ts";
import { selectRevisionTexts } from "./store.ts";

type Ref = { artifactId: string; contentHash: string };

/** The texts of the named prompt revisions that the workspace has, by `revisionKey`; one query for all. */
export async function revisionTexts(
  db: DbHandle,
  workspaceId: string,
  refs: readonly Ref[],
): Promise<Map<string, string>> {
  if (refs.length === 0) return new Map();
  const rows = await selectRevisionTexts(db, workspaceId, refs);
  return new Map(rows.map((row) => [revisionKey(row), row.text]));
}

/** The key of a revision in a map of many. */
export function revisionKey({ artifactId, contentHash }: Ref): string {
  return `${artifactId}@${contentHash}`;
}
