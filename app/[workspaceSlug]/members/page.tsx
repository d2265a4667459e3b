import type { Metadata } from "next";
import { type MemberRow, MembersTable } from "#/components/members/members-table.tsx";
import { pageLinks, readPage, type SearchParams, startOf } from "#/components/shell/list-pages.ts";
import { NoPermission } from "#/components/ui/no-permission.tsx";
import { pageContext } from "#/lib/auth/page-context.ts";
import { roles } from "#/lib/contract/access.ts";
import type { MemberView } from "#/lib/contract/administration.ts";
import { type Actor, memberOf } from "#/lib/tenancy/ctx.ts";
import { listMembers } from "#/lib/tenancy/list-members.ts";
import { decideMemberChange } from "#/lib/tenancy/member-rules.ts";
import { denialOf } from "#/lib/tenancy/permissions.ts";
import { addMemberAction, changeMemberRoleAction, removeMemberAction } from "./actions.ts";

export const metadata: Metadata = { title: "Members" };

type Props = { params: Promise<{ workspaceSlug: string }>; searchParams: Promise<SearchParams> };

export default async function MembersPage({ params, searchParams }: Props) {
  const ctx = await pageContext((await params).workspaceSlug);
  const denied = denialOf(ctx.actor, "member:read");
  if (denied) return <NoPermission title="Members" because={denied} />;
  const page = readPage(await searchParams);
  const { data, next } = await listMembers(ctx, { limit: 100, after: startOf(page) });
  return (
    <MembersTable
      members={data.map((member) => rowOf(ctx.actor, member))}
      links={pageLinks(`/${ctx.workspace.slug}/members`, new URLSearchParams(), page, next)}
      givable={roles.filter((to) => decideMemberChange({ actor: ctx.actor, from: null, to, owners: 2 }).allowed)}
      actions={{ add: addMemberAction, changeRole: changeMemberRoleAction, remove: removeMemberAction }}
    />
  );
}

/** Whether the last owner would go is only known, and said, when it is tried. */
function rowOf(actor: Actor, member: MemberView): MemberRow {
  const because = (to: "viewer" | null) => {
    const verdict = decideMemberChange({ actor, from: member.role, to, owners: 2 });
    return verdict.allowed ? null : verdict.because;
  };
  return {
    ...member,
    isSelf: member.id === memberOf(actor),
    changeDenied: because("viewer"),
    removeDenied: because(null),
  };
}
