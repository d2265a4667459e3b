import type { MemberView } from "#/lib/contract/administration.ts";
import type { Ctx } from "./ctx.ts";
import { sliceOf, type After, type Slice } from "./keyset.ts";
import { selectMembers, type MemberRow } from "./member-store.ts";
import { authorize } from "./permissions.ts";

/** Members of the workspace, longest first. */
export async function listMembers(ctx: Ctx, page: { limit: number; after: After | null }): Promise<Slice<MemberView>> {
  authorize(ctx, "member:read");
  const rows = await selectMembers(ctx.db, ctx.workspace.id, { limit: page.limit + 1, after: page.after });
  return sliceOf(rows, page.limit, memberView);
}

export function memberView(row: MemberRow): MemberView {
  return { ...row, createdAt: row.createdAt.toISOString() };
}
