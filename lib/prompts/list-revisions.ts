import type { PromptRevisionView } from "#/lib/contract/prompt.ts";
import { notFound } from "#/lib/core/errors.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { selectArtifact, selectRevisions, type RevisionRow } from "./store.ts";

/** An artifact's revisions, newest first. `before` and `next` are revision numbers. Throws not_found. */
export async function listRevisions(
  ctx: Ctx,
  artifactId: string,
  page: { limit: number; before: number | null },
): Promise<{ data: PromptRevisionView[]; next: number | null }> {
  authorize(ctx, "prompt:read");
  if (!(await selectArtifact(ctx.db, ctx.workspace.id, artifactId))) throw notFound("Prompt");
  const rows = await selectRevisions(ctx.db, ctx.workspace.id, artifactId, {
    limit: page.limit + 1,
    before: page.before,
  });
  const shown = rows.slice(0, page.limit);
  return { data: shown.map(revisionView), next: rows.length > page.limit ? (shown.at(-1)?.revision ?? null) : null };
}

export function revisionView(row: RevisionRow): PromptRevisionView {
  const { artifactId, contentHash, revision, text, createdBy } = row;
  return { artifactId, contentHash, revision, text, createdAt: row.createdAt.toISOString(), createdBy };
}
