import { countOnPage } from "#/components/shell/list-pages.ts";
import type { ServerAction } from "#/components/shell/use-server-action.ts";
import { Badge } from "#/components/ui/badge.tsx";
import { LinkPager } from "#/components/ui/link-pager.tsx";
import { PageHeader } from "#/components/ui/page-header.tsx";
import { RelativeTime } from "#/components/ui/relative-time.tsx";
import { ActionsHeaderCell, Table, TableCell, TableHead, TableHeaderCell, TableRow } from "#/components/ui/table.tsx";
import type { Role } from "#/lib/contract/access.ts";
import type { MemberView } from "#/lib/contract/administration.ts";
import { AddMember, type AddMemberAction } from "./add-member.tsx";
import { ChangeRole } from "./change-role.tsx";
import { type InvitationRow, InvitationsTable } from "./invitations-table.tsx";
import { type InviteAction, InviteMember } from "./invite-member.tsx";
import { PasswordLink, type PasswordLinkAction } from "./password-link.tsx";
import type { ResendAction } from "./resend-invitation.tsx";
import { RemoveMember } from "./remove-member.tsx";

/** A member, with why this person may not act on them; null = they may. */
export type MemberRow = MemberView & {
  isSelf: boolean;
  changeDenied: string | null;
  removeDenied: string | null;
  passwordLinkDenied: string | null;
};

type Props = {
  members: MemberRow[];
  links: { previous: string | null; next: string | null };
  /** Roles that this person may give. */
  givable: Role[];
  invitations: { rows: InvitationRow[]; hasMore: boolean };
  actions: {
    invite: InviteAction;
    add: AddMemberAction;
    changeRole: ServerAction<{ id: string; role: Role }>;
    remove: ServerAction<{ id: string }>;
    passwordLink: PasswordLinkAction;
    resend: ResendAction;
    revoke: ServerAction<{ id: string }>;
  };
};

/** The members of the workspace with their roles, and who was invited. */
export function MembersTable({ members, links, givable, invitations, actions }: Props) {
  return (
    <div className="flex flex-col">
      <PageHeader
        title="Members"
        actions={
          <>
            <InviteMember givable={givable} invite={actions.invite} />
            <AddMember givable={givable} add={actions.add} />
          </>
        }
      >
        People with access to this workspace. A role change applies from the member’s next request.
      </PageHeader>
      <Table label="Members" className="[&_:is(td,th):first-child]:pl-3 md:[&_:is(td,th):first-child]:pl-4">
        <TableHead>
          <tr>
            <TableHeaderCell>Name</TableHeaderCell>
            <TableHeaderCell>Email</TableHeaderCell>
            <TableHeaderCell>Role</TableHeaderCell>
            <TableHeaderCell>Since</TableHeaderCell>
            <ActionsHeaderCell />
          </tr>
        </TableHead>
        <tbody>
          {members.map((member) => (
            <Row key={member.id} member={member} givable={givable} actions={actions} />
          ))}
        </tbody>
      </Table>
      <LinkPager count={countOnPage(members.length, "member", links)} {...links} />
      <InvitationsTable invitations={invitations.rows} hasMore={invitations.hasMore} actions={actions} />
    </div>
  );
}

function Row({ member, givable, actions }: { member: MemberRow } & Pick<Props, "givable" | "actions">) {
  return (
    <TableRow className="hover:bg-hover">
      <TableCell className="max-w-64 truncate font-medium">
        {member.name} {member.isSelf ? <span className="font-normal text-ink-muted">(you)</span> : null}
      </TableCell>
      <TableCell className="text-ink-muted">{member.email}</TableCell>
      <TableCell>
        <Badge tone={member.role === "owner" || member.role === "admin" ? "accent" : "neutral"}>{member.role}</Badge>
      </TableCell>
      <TableCell className="text-ink-muted">
        <RelativeTime iso={member.createdAt} />
      </TableCell>
      <TableCell className="text-right">
        <ChangeRole member={member} givable={givable} changeRole={actions.changeRole} />
        <PasswordLink member={member} make={actions.passwordLink} />
        <RemoveMember member={member} remove={actions.remove} />
      </TableCell>
    </TableRow>
  );
}
