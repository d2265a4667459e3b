import type { PromptRevisionView } from "#/lib/contract/prompt.ts";
import { notFound } from "#/lib/core/errors.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { revisionView } from "./list-revisions.ts";
import { selectRevision } from "./store.ts";

/** One revision, by its artifact and hash, exactly as stored. Throws not_found. */
export async function getRevision(ctx: Ctx, artifactId: string, hash: string): Promise<PromptRevisionView> {
  authorize(ctx, "prompt:read");
  const row = await selectRevision(ctx.db, ctx.workspace.id, artifactId, hash);
  if (!row) throw notFound("Prompt revision");
  return revisionView(row);
}
