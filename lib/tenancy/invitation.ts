import type { InvitationView } from "#/lib/contract/person.ts";
import type { InvitationRow } from "./invitation-store.ts";

/** How long an invitation's link works. */
export const invitationLastsMs = 7 * 24 * 3_600_000;

/** What has become of an invitation by that time. Pure. */
export function invitationState(
  row: Pick<InvitationRow, "acceptedAt" | "declinedAt" | "revokedAt" | "expiresAt">,
  at: Date,
): InvitationView["state"] {
  if (row.acceptedAt !== null) return "accepted";
  if (row.declinedAt !== null) return "declined";
  if (row.revokedAt !== null) return "revoked";
  return row.expiresAt <= at ? "expired" : "open";
}

export function invitationView(row: InvitationRow, at: Date): InvitationView {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    role: row.role,
    state: invitationState(row, at),
    invitedBy: row.invitedBy,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    acceptedAt: row.acceptedAt?.toISOString() ?? null,
    declinedAt: row.declinedAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
  };
}

/** The link's path, the only place that holds the token. */
export function invitationPath(token: string): string {
  return `/invite/${token}`;
}
