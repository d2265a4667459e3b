import { inTransaction } from "#/db/transaction.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { newId } from "#/lib/core/ids.ts";
import { recordAudit } from "#/lib/tenancy/audit.ts";
import { actorId, type Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { assertPromptText } from "./prompt-text.ts";
import { promptHash } from "./revision.ts";
import { insertArtifact, insertRevision } from "./store.ts";

/**
 * Creates a prompt artifact with its first revision. Throws `conflict` when the workspace has a prompt of that name,
 * and `expression_failed` for a text that is not a valid template.
 */
export async function createPrompt(
  ctx: Ctx,
  input: { name: string; text: string },
): Promise<{ id: string; name: string; contentHash: string }> {
  authorize(ctx, "prompt:write");
  await assertPromptText(ctx.workspace.id, input.text);
  const id = newId("prompt");
  const contentHash = promptHash(input.text);
  const by = { workspaceId: ctx.workspace.id, createdBy: actorId(ctx.actor) };
  await inTransaction(ctx.db, async (tx) => {
    if (!(await insertArtifact(tx, { id, name: input.name, ...by })))
      throw new DomainError("conflict", `A prompt named ${input.name} already exists`);
    await insertRevision(tx, { artifactId: id, contentHash, revision: 1, text: input.text, ...by });
    await recordAudit(ctx, tx, { action: "prompt.created", target: id, details: { name: input.name, contentHash } });
  });
  return { id, name: input.name, contentHash };
}
