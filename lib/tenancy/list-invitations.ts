import type { InvitationView } from "#/lib/contract/person.ts";
import type { Ctx } from "./ctx.ts";
import { selectInvitations } from "./invitation-store.ts";
import { invitationView } from "./invitation.ts";
import { sliceOf, type After, type Slice } from "./keyset.ts";
import { authorize } from "./permissions.ts";

/** The workspace's invitations, newest first, with the state of each; never a link. */
export async function listInvitations(
  ctx: Ctx,
  page: { limit: number; after: After | null },
): Promise<Slice<InvitationView>> {
  authorize(ctx, "member:read");
  const rows = await selectInvitations(ctx.db, ctx.workspace.id, { limit: page.limit + 1, after: page.after });
  const now = ctx.clock.now();
  return sliceOf(rows, page.limit, (row) => invitationView(row, now));
}
