import type { PromptSummary } from "#/lib/contract/prompt.ts";
import { notFound } from "#/lib/core/errors.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { promptSummary } from "./list-prompts.ts";
import { selectArtifact } from "./store.ts";

/** One artifact of this workspace. Throws not_found. */
export async function getPrompt(ctx: Ctx, id: string): Promise<PromptSummary> {
  authorize(ctx, "prompt:read");
  const row = await selectArtifact(ctx.db, ctx.workspace.id, id);
  if (!row) throw notFound("Prompt");
  return promptSummary(row);
}
