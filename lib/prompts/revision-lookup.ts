import type { DbHandle } from "#/db/client.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { measureRevisions, selectRevisionTexts } from "./store.ts";

type Ref = { artifactId: string; contentHash: string };

/** The most bytes in the texts that a version, or a replay with the workflows inside it, uses: they are read together. */
export const maxPromptBytes = 4 * 1024 * 1024;

/**
 * The texts of the named prompt revisions that the workspace has, by `revisionKey`; one query for all. Throws
 * `payload_too_large` when together they are larger than anything may use; each counts as often as it is named.
 */
export async function revisionTexts(
  db: DbHandle,
  workspaceId: string,
  refs: readonly Ref[],
): Promise<Map<string, string>> {
  if (refs.length === 0) return new Map();
  if ((await measureRevisions(db, workspaceId, refs)) > maxPromptBytes) throw tooManyPrompts();
  const rows = await selectRevisionTexts(db, workspaceId, refs);
  return new Map(rows.map((row) => [revisionKey(row), row.text]));
}

/** The key of a revision in a map of many. */
export function revisionKey({ artifactId, contentHash }: Ref): string {
  return `${artifactId}@${contentHash}`;
}

/** The error for prompts that together are too large to be used by one version. */
export function tooManyPrompts(): DomainError {
  return new DomainError(
    "payload_too_large",
    `The prompts together are larger than ${maxPromptBytes / 1024 / 1024} MiB, which is the most that one version may use.`,
  );
}
