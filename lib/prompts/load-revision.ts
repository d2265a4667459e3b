import type { DbHandle } from "#/db/client.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { isTextOf } from "./revision.ts";
import { selectArtifact, selectRevision } from "./store.ts";

/**
 * The text of a revision, for an authorised caller; null when the workspace has no such revision. Throws
 * prompt_hash_mismatch when the stored text no longer has the hash: it must not reach a provider, and the caller
 * audits `prompt.integrity_failed`.
 */
export async function loadRevision(
  db: DbHandle,
  workspaceId: string,
  artifactId: string,
  hash: string,
): Promise<{ text: string } | null> {
  const row = await selectRevision(db, workspaceId, artifactId, hash);
  if (!row) return null;
  if (!isTextOf(row.text, hash))
    throw new DomainError("prompt_hash_mismatch", "The stored prompt text no longer matches its hash.", {
      details: { artifactId, contentHash: hash, integrity: "failed" },
    });
  return { text: row.text };
}

/** Whether the workspace has this artifact: tells prompt_not_found from prompt_hash_mismatch. */
export async function hasPrompt(db: DbHandle, workspaceId: string, artifactId: string): Promise<boolean> {
  return (await selectArtifact(db, workspaceId, artifactId)) !== null;
}
