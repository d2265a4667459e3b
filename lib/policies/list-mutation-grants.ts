import type { MutationGrantView } from "#/lib/contract/mutation-grant.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { sliceOf, type After, type Slice } from "#/lib/tenancy/keyset.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { selectGrants } from "./grant-store.ts";
import { grantView } from "./mutation-grant.ts";

/** The workspace's grants, newest first, each with its current state. */
export async function listMutationGrants(
  ctx: Ctx,
  page: { limit: number; after: After | null },
): Promise<Slice<MutationGrantView>> {
  authorize(ctx, "grant:read");
  const rows = await selectGrants(ctx.db, ctx.workspace.id, { limit: page.limit + 1, after: page.after });
  return sliceOf(rows, page.limit, grantView);
}
