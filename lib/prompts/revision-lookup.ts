import type { DbHandle } from "#/db/client.ts";
import { selectRevisionIds } from "./store.ts";

/** Of the named prompt revisions, those that the workspace does not have; one query for all. */
export async function missingPromptRevisions<Ref extends { artifactId: string; contentHash: string }>(
  db: DbHandle,
  workspaceId: string,
  refs: Ref[],
): Promise<Ref[]> {
  if (refs.length === 0) return [];
  const rows = await selectRevisionIds(db, workspaceId, [...new Set(refs.map((ref) => ref.artifactId))]);
  const there = new Set(rows.map((row) => `${row.artifactId} ${row.contentHash}`));
  return refs.filter((ref) => !there.has(`${ref.artifactId} ${ref.contentHash}`));
}
