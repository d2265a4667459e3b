import type { Metadata } from "next";
import { type MemberRow, MembersTable } from "#/components/members/members-table.tsx";
import { pageLinks, readPage, type SearchParams, startOf } from "#/components/shell/list-pages.ts";
import { NoPermission } from "#/components/ui/no-permission.tsx";
import { pageContext } from "#/lib/auth/page-context.ts";
import { type Role, roles } from "#/lib/contract/access.ts";
import type { MemberView } from "#/lib/contract/administration.ts";
import { actorNames } from "#/lib/tenancy/actor-names.ts";
import { type Actor, memberOf } from "#/lib/tenancy/ctx.ts";
import { listInvitations } from "#/lib/tenancy/list-invitations.ts";
import { listMembers } from "#/lib/tenancy/list-members.ts";
import { decideRole } from "#/lib/tenancy/member-rules.ts";
import { decidePasswordLink } from "#/lib/tenancy/password-link-rules.ts";
import { denialOf } from "#/lib/tenancy/permissions.ts";
import {
  addMemberAction,
  changeMemberRoleAction,
  createInvitationAction,
  createPasswordLinkAction,
  removeMemberAction,
  resendInvitationAction,
  revokeInvitationAction,
} from "./actions.ts";

export const metadata: Metadata = { title: "Members" };

type Props = { params: Promise<{ workspaceSlug: string }>; searchParams: Promise<SearchParams> };

export default async function MembersPage({ params, searchParams }: Props) {
  const ctx = await pageContext((await params).workspaceSlug);
  const denied = denialOf(ctx.actor, "member:read");
  if (denied) return <NoPermission title="Members" because={denied} />;
  const page = readPage(await searchParams);
  const [{ data, next }, invitations] = await Promise.all([
    listMembers(ctx, { limit: 100, after: startOf(page) }),
    listInvitations(ctx, { limit: 50, after: null }),
  ]);
  const givable = roles.filter((to) => decideRole({ actor: ctx.actor, from: null, to }).allowed);
  const names = await actorNames(
    ctx,
    invitations.data.map(({ invitedBy }) => invitedBy),
  );
  return (
    <MembersTable
      members={data.map((member) => rowOf(ctx.actor, member))}
      links={pageLinks(`/${ctx.workspace.slug}/members`, new URLSearchParams(), page, next)}
      givable={givable}
      invitations={{
        rows: invitations.data.map((invitation) => ({
          ...invitation,
          invitedByName: invitation.invitedBy === null ? null : (names[invitation.invitedBy] ?? "a former member"),
          resendDenied: givable.includes(invitation.role) ? null : "Only an owner may invite an owner.",
        })),
        hasMore: invitations.next !== null,
      }}
      actions={{
        invite: createInvitationAction,
        add: addMemberAction,
        changeRole: changeMemberRoleAction,
        remove: removeMemberAction,
        passwordLink: createPasswordLinkAction,
        resend: resendInvitationAction,
        revoke: revokeInvitationAction,
      }}
    />
  );
}

/** What their other workspaces, or other members, rule out is only known, and said, on trying. */
function rowOf(actor: Actor, member: MemberView): MemberRow {
  const because = (to: "viewer" | null) => {
    const verdict = decideRole({ actor, from: member.role, to });
    return verdict.allowed ? null : verdict.because;
  };
  const isSelf = member.id === memberOf(actor);
  const here = (role: Role) => [{ accountId: "home", workspaceId: "here", role }];
  const maker = actor.kind === "user" ? here(actor.role) : [];
  const passwordLink = decidePasswordLink({ isSelf, home: "home", maker, target: here(member.role) });
  return {
    ...member,
    isSelf,
    passwordLinkDenied: passwordLink.allowed ? null : passwordLink.because,
    changeDenied: because("viewer"),
    removeDenied: because(null),
  };
}
