import type { ServerAction } from "#/components/shell/use-server-action.ts";
import { Badge } from "#/components/ui/badge.tsx";
import { RelativeTime } from "#/components/ui/relative-time.tsx";
import { ActionsHeaderCell, Table, TableCell, TableHead, TableHeaderCell, TableRow } from "#/components/ui/table.tsx";
import type { InvitationView } from "#/lib/contract/person.ts";
import { type ResendAction, ResendInvitation } from "./resend-invitation.tsx";
import { RevokeInvitation } from "./revoke-invitation.tsx";

/** An invitation, with why this person may not act on it; null = they may. */
export type InvitationRow = InvitationView & { invitedByName: string | null; resendDenied: string | null };

type Props = {
  invitations: InvitationRow[];
  /** Whether there are older ones than these. */
  hasMore: boolean;
  actions: { resend: ResendAction; revoke: ServerAction<{ id: string }> };
};

const stateTone = {
  open: "accent",
  accepted: "success",
  declined: "neutral",
  revoked: "neutral",
  expired: "warning",
} as const;

/** Who was invited, and what became of each invitation. */
export function InvitationsTable({ invitations, hasMore, actions }: Props) {
  return (
    <div className="mt-5 shrink-0 pb-4">
      <h2 className="px-3 pb-1 font-semibold md:px-4">Invitations</h2>
      {invitations.length === 0 ? (
        <p className="px-3 text-ink-muted md:px-4">
          No invitations yet. “Invite” creates a link to share; “Add member” asks without one.
        </p>
      ) : (
        <Table label="Invitations" className="[&_:is(td,th):first-child]:pl-3 md:[&_:is(td,th):first-child]:pl-4">
          <TableHead>
            <tr>
              <TableHeaderCell>Email</TableHeaderCell>
              <TableHeaderCell>Role</TableHeaderCell>
              <TableHeaderCell>State</TableHeaderCell>
              <TableHeaderCell>Invited</TableHeaderCell>
              <TableHeaderCell>Expires</TableHeaderCell>
              <ActionsHeaderCell />
            </tr>
          </TableHead>
          <tbody>
            {invitations.map((invitation) => (
              <Row key={invitation.id} invitation={invitation} actions={actions} />
            ))}
          </tbody>
        </Table>
      )}
      {hasMore ? (
        <p className="px-3 pt-2 text-sm text-ink-muted md:px-4">
          Only the newest {invitations.length} are shown; <code className="font-mono">GET /api/v1/invitations</code>{" "}
          lists all.
        </p>
      ) : null}
    </div>
  );
}

function Row({ invitation, actions }: { invitation: InvitationRow } & Pick<Props, "actions">) {
  const { state } = invitation;
  const isPending = state === "open" || state === "expired";
  return (
    <TableRow className="hover:bg-hover">
      <TableCell className="max-w-72 truncate font-medium" title={invitation.email}>
        {invitation.email}
        {invitation.name === null ? null : <span className="font-normal text-ink-muted"> {invitation.name}</span>}
      </TableCell>
      <TableCell>
        <Badge tone={invitation.role === "owner" || invitation.role === "admin" ? "accent" : "neutral"}>
          {invitation.role}
        </Badge>
      </TableCell>
      <TableCell>
        <Badge tone={stateTone[state]}>{state}</Badge>
      </TableCell>
      <TableCell className="text-ink-muted">
        <RelativeTime iso={invitation.createdAt} />
        {invitation.invitedByName ? ` by ${invitation.invitedByName}` : ""}
      </TableCell>
      <TableCell className="text-ink-muted">{isPending ? <RelativeTime iso={invitation.expiresAt} /> : "–"}</TableCell>
      <TableCell className="text-right">
        {isPending ? (
          <>
            <ResendInvitation invitation={invitation} resend={actions.resend} />
            <RevokeInvitation invitation={invitation} revoke={actions.revoke} />
          </>
        ) : null}
      </TableCell>
    </TableRow>
  );
}
