import { failureCode } from "#/db/failure.ts";
import { inTransaction } from "#/db/transaction.ts";
import { DomainError, notFound } from "#/lib/core/errors.ts";
import { recordAudit } from "#/lib/tenancy/audit.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { deleteArtifact, lockArtifact, selectArtifact, selectPins } from "./store.ts";

const foreignKeyViolation = "23503";

/** Removes an artifact and its revisions. Throws not_found, or in_use while a workflow version pins a revision. */
export async function deletePrompt(ctx: Ctx, id: string): Promise<void> {
  authorize(ctx, "prompt:write");
  try {
    await inTransaction(ctx.db, async (tx) => {
      if (!(await lockArtifact(tx, ctx.workspace.id, id))) throw notFound("Prompt");
      const prompt = await selectArtifact(tx, ctx.workspace.id, id);
      const pins = await selectPins(tx, id);
      if (pins.length > 0) throw inUse(pins);
      await deleteArtifact(tx, ctx.workspace.id, id);
      await recordAudit(ctx, tx, { action: "prompt.deleted", target: id, details: { name: prompt?.name ?? "" } });
    });
  } catch (error) {
    // A version that pins it was pushed after the check.
    if (failureCode(error) === foreignKeyViolation) throw inUse([]);
    throw error;
  }
}

function inUse(pins: { workflow: string; version: number }[]): DomainError {
  const named = pins.map((pin) => `${pin.workflow} version ${pin.version}`).join(", ");
  return new DomainError("in_use", `This prompt is pinned by ${named || "a workflow version"}.`, {
    details: { versions: pins },
  });
}
