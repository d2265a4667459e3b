import { inTransaction } from "#/db/transaction.ts";
import { notFound } from "#/lib/core/errors.ts";
import { recordAudit } from "#/lib/tenancy/audit.ts";
import { actorId, type Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { assertPromptText } from "./prompt-text.ts";
import { promptHash } from "./revision.ts";
import { insertRevision, lockArtifact, selectHighestRevision, selectRevision } from "./store.ts";

/**
 * Adds a revision. If the artifact already has this text, `created` is false and nothing is written. Throws
 * `expression_failed` for a text that is not a valid template.
 */
export async function createRevision(
  ctx: Ctx,
  artifactId: string,
  input: { text: string },
): Promise<{ contentHash: string; created: boolean }> {
  authorize(ctx, "prompt:write");
  await assertPromptText(ctx.workspace.id, input.text);
  const contentHash = promptHash(input.text);
  return inTransaction(ctx.db, async (tx) => {
    if (!(await lockArtifact(tx, ctx.workspace.id, artifactId))) throw notFound("Prompt");
    if (await selectRevision(tx, ctx.workspace.id, artifactId, contentHash)) return { contentHash, created: false };
    const revision = (await selectHighestRevision(tx, artifactId)) + 1;
    await insertRevision(tx, {
      workspaceId: ctx.workspace.id,
      artifactId,
      contentHash,
      revision,
      text: input.text,
      createdBy: actorId(ctx.actor),
    });
    await recordAudit(ctx, tx, {
      action: "prompt.revision_created",
      target: artifactId,
      details: { contentHash, revision },
    });
    return { contentHash, created: true };
  });
}
