import type { PromptSummary } from "#/lib/contract/prompt.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { sliceOf, type After, type Slice } from "#/lib/tenancy/keyset.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { selectArtifacts, type SummaryRow } from "./store.ts";

/** The workspace's prompt artifacts, newest first. */
export async function listPrompts(
  ctx: Ctx,
  page: { limit: number; after: After | null },
): Promise<Slice<PromptSummary>> {
  authorize(ctx, "prompt:read");
  const rows = await selectArtifacts(ctx.db, ctx.workspace.id, { limit: page.limit + 1, after: page.after });
  return sliceOf(rows, page.limit, promptSummary);
}

export function promptSummary(row: SummaryRow): PromptSummary {
  return { ...row, createdAt: row.createdAt.toISOString() };
}
