import { and, asc, desc, eq, gt, isNull, sql, type SQL } from "drizzle-orm";
import type { DbHandle } from "#/db/client.ts";
import { behindRow } from "#/db/keyset-condition.ts";
import { invitations, workspaces } from "#/db/schema/tenancy.ts";
import type { Role } from "#/lib/contract/access.ts";
import type { WorkspaceRef } from "./ctx.ts";
import type { After } from "./keyset.ts";
import { workspaceColumns } from "./workspace-store.ts";

export type InvitationRow = typeof invitations.$inferSelect;
export type OpenInvitationRow = { invitation: InvitationRow; workspace: WorkspaceRef };

const notUsed = and(isNull(invitations.acceptedAt), isNull(invitations.declinedAt), isNull(invitations.revokedAt));
const isOpen = and(notUsed, gt(invitations.expiresAt, sql`now()`));
const lasting = (ms: number) => sql`now() + ${ms} * interval '1 millisecond'`;

/** Null when the email has an invitation that is neither accepted, declined nor revoked. */
export async function insertInvitation(
  db: DbHandle,
  row: {
    id: string;
    workspaceId: string;
    email: string;
    role: Role;
    name: string | null;
    tokenHash: string;
    invitedBy: string | null;
    lastsMs: number;
  },
): Promise<InvitationRow | null> {
  const { lastsMs, ...rest } = row;
  const rows = await db
    .insert(invitations)
    .values({ ...rest, expiresAt: lasting(lastsMs) })
    .onConflictDoNothing()
    .returning();
  return rows[0] ?? null;
}

/** Newest first. */
export function selectInvitations(
  db: DbHandle,
  workspaceId: string,
  page: { limit: number; after: After | null },
): Promise<InvitationRow[]> {
  return db
    .select()
    .from(invitations)
    .where(and(eq(invitations.workspaceId, workspaceId), behindRow(invitations, page.after)))
    .orderBy(desc(invitations.createdAt), desc(invitations.id))
    .limit(page.limit);
}

/** Locked until the transaction ends: accepting, resending and revoking an invitation take turns. */
export async function lockInvitation(db: DbHandle, workspaceId: string, id: string): Promise<InvitationRow | null> {
  const rows = await db
    .select()
    .from(invitations)
    .where(and(eq(invitations.workspaceId, workspaceId), eq(invitations.id, id)))
    .for("update");
  return rows[0] ?? null;
}

/** By its token's hash; null when it is accepted, declined, revoked or expired by database time. */
export async function selectOpenInvitation(db: DbHandle, hash: string): Promise<OpenInvitationRow | null> {
  const rows = await db
    .select({ invitation: invitations, workspace: workspaceColumns })
    .from(invitations)
    .innerJoin(workspaces, eq(workspaces.id, invitations.workspaceId))
    .where(and(eq(invitations.tokenHash, hash), isOpen));
  return rows[0] ?? null;
}

/** Open ones for an address, oldest first. */
export function selectOpenInvitationsFor(db: DbHandle, email: string): Promise<OpenInvitationRow[]> {
  return db
    .select({ invitation: invitations, workspace: workspaceColumns })
    .from(invitations)
    .innerJoin(workspaces, eq(workspaces.id, invitations.workspaceId))
    .where(and(eq(invitations.email, email), isOpen))
    .orderBy(asc(invitations.createdAt), asc(invitations.id));
}

/** By its id, for whoever is signed in with its address; null when there is no such open one. */
export async function selectOpenInvitationById(
  db: DbHandle,
  id: string,
  email: string,
): Promise<OpenInvitationRow | null> {
  return (await selectOpenInvitationsFor(db, email)).find(({ invitation }) => invitation.id === id) ?? null;
}

/** Uses up the invitation; false when it is not (or no longer) open: of two at once, one succeeds. */
export function claimInvitation(db: DbHandle, id: string): Promise<boolean> {
  return endOpen(db, id, { acceptedAt: sql`now()` });
}

/** Marks the invitation as declined; false when it is not (or no longer) open. */
export function declineInvitationRow(db: DbHandle, id: string): Promise<boolean> {
  return endOpen(db, id, { declinedAt: sql`now()` });
}

async function endOpen(db: DbHandle, id: string, set: { acceptedAt: SQL } | { declinedAt: SQL }): Promise<boolean> {
  const rows = await db
    .update(invitations)
    .set(set)
    .where(and(eq(invitations.id, id), isOpen))
    .returning({ id: invitations.id });
  return rows.length === 1;
}

export async function renewInvitationRow(
  db: DbHandle,
  id: string,
  fresh: { tokenHash: string; invitedBy: string | null; lastsMs: number },
): Promise<InvitationRow> {
  const { lastsMs, ...rest } = fresh;
  const rows = await db
    .update(invitations)
    .set({ ...rest, expiresAt: lasting(lastsMs) })
    .where(eq(invitations.id, id))
    .returning();
  if (!rows[0]) throw new Error("an invitation was removed while it was locked");
  return rows[0];
}

export async function revokeInvitationRow(db: DbHandle, id: string): Promise<void> {
  await db
    .update(invitations)
    .set({ revokedAt: sql`now()` })
    .where(and(eq(invitations.id, id), notUsed));
}

/** Revokes an expired invitation that is in the way of a new one. */
export async function revokeExpiredInvitation(db: DbHandle, workspaceId: string, email: string): Promise<void> {
  await db
    .update(invitations)
    .set({ revokedAt: sql`now()` })
    .where(
      and(
        eq(invitations.workspaceId, workspaceId),
        eq(invitations.email, email),
        notUsed,
        sql`${invitations.expiresAt} <= now()`,
      ),
    );
}

/** Revokes this member's unaccepted invitations; returns their ids. */
export async function revokeInvitationsOf(db: DbHandle, workspaceId: string, userId: string): Promise<string[]> {
  const rows = await db
    .update(invitations)
    .set({ revokedAt: sql`now()` })
    .where(and(eq(invitations.workspaceId, workspaceId), eq(invitations.invitedBy, userId), notUsed))
    .returning({ id: invitations.id });
  return rows.map(({ id }) => id);
}

/** Makes all invitations that one user made into this workspace another's. */
export async function moveInvitations(db: DbHandle, workspaceId: string, from: string, to: string): Promise<void> {
  await db
    .update(invitations)
    .set({ invitedBy: to })
    .where(and(eq(invitations.workspaceId, workspaceId), eq(invitations.invitedBy, from)));
}
