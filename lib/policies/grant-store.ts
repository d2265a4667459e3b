import { and, arrayContains, desc, eq, inArray, sql, type SQL } from "drizzle-orm";
import type { DbHandle, Transaction } from "#/db/client.ts";
import { behindRow } from "#/db/keyset-condition.ts";
import { memberRoles, userNames } from "#/db/readable/tenancy.ts";
import { workflowRows } from "#/db/readable/workflows.ts";
import { mutationGrants } from "#/db/schema/policies.ts";
import type { Role } from "#/lib/contract/access.ts";
import type { After } from "#/lib/tenancy/keyset.ts";
import type { GrantPerson, MutationGrant } from "./mutation-grant.ts";

const granter = userNames("granter");
const approver = userNames("approver");
const revoker = userNames("revoker");
const granterMember = memberRoles("granter_member");
const approverMember = memberRoles("approver_member");
const workflow = workflowRows("workflow");

/** Grants that ended up to 30 days ago are still read, to explain why a call was not made. */
const named = sql`${mutationGrants.until} > clock_timestamp() - interval '30 days'`;

export type GrantDraft = {
  id: string;
  workspaceId: string;
  workflowId: string;
  nodeIds: string[];
  reason: string;
  needsApproval: boolean;
  grantedBy: string;
  /** A point in time, or a duration that counts from the database's time. */
  ends: { until: Date } | { durationMs: number };
};

export async function insertGrant(tx: Transaction, { ends, ...draft }: GrantDraft): Promise<void> {
  const until = "until" in ends ? ends.until : sql`clock_timestamp() + ${ends.durationMs} * interval '1 millisecond'`;
  await tx.insert(mutationGrants).values({ ...draft, until });
}

/** Newest first. */
export async function selectGrants(
  db: DbHandle,
  workspaceId: string,
  page: { limit: number; after: After | null },
): Promise<MutationGrant[]> {
  const rows = await grantRows(
    db,
    and(eq(mutationGrants.workspaceId, workspaceId), behindRow(mutationGrants, page.after)),
  )
    .orderBy(desc(mutationGrants.createdAt), desc(mutationGrants.id))
    .limit(page.limit);
  return rows.map(grantOf);
}

/** Grants of these workflows, including recently ended ones: `grantState` decides whether one is in force. */
export async function selectWorkflowGrants(
  db: DbHandle,
  workspaceId: string,
  workflowIds: string[],
): Promise<MutationGrant[]> {
  const ofThese = and(
    eq(mutationGrants.workspaceId, workspaceId),
    inArray(mutationGrants.workflowId, [...new Set(workflowIds)]),
  );
  return (await grantRows(db, and(ofThese, named))).map(grantOf);
}

/** The same for one node of a workflow. */
export async function selectNodeGrants(
  db: DbHandle,
  workspaceId: string,
  { workflowId, nodeId }: { workflowId: string; nodeId: string },
): Promise<MutationGrant[]> {
  const ofNode = and(
    eq(mutationGrants.workspaceId, workspaceId),
    eq(mutationGrants.workflowId, workflowId),
    arrayContains(mutationGrants.nodeIds, [nodeId]),
  );
  return (await grantRows(db, and(ofNode, named))).map(grantOf);
}

export async function selectGrant(db: DbHandle, workspaceId: string, id: string): Promise<MutationGrant | null> {
  const rows = await grantRows(db, and(eq(mutationGrants.workspaceId, workspaceId), eq(mutationGrants.id, id)));
  return rows[0] ? grantOf(rows[0]) : null;
}

/**
 * The grant, locked until the transaction ends. It is read, with the database's time, once the lock is held: approving
 * and revoking take turns.
 */
export async function lockGrant(tx: Transaction, workspaceId: string, id: string): Promise<MutationGrant | null> {
  await tx
    .select({ id: mutationGrants.id })
    .from(mutationGrants)
    .where(and(eq(mutationGrants.workspaceId, workspaceId), eq(mutationGrants.id, id)))
    .for("update");
  return selectGrant(tx, workspaceId, id);
}

export async function markGrantApproved(tx: Transaction, id: string, by: string): Promise<void> {
  await tx
    .update(mutationGrants)
    .set({ approvedBy: by, approvedAt: sql`clock_timestamp()` })
    .where(eq(mutationGrants.id, id));
}

export async function markGrantRevoked(tx: Transaction, id: string, by: string | null): Promise<void> {
  await tx
    .update(mutationGrants)
    .set({ revokedBy: by, revokedAt: sql`clock_timestamp()` })
    .where(eq(mutationGrants.id, id));
}

function grantRows(db: DbHandle, where: SQL | undefined) {
  const memberOf = (member: typeof granterMember | typeof approverMember, userId: SQL) =>
    and(eq(member.workspaceId, mutationGrants.workspaceId), sql`${member.userId} = ${userId}`);
  return db
    .select({
      grant: mutationGrants,
      slug: workflow.slug,
      granter: { id: granter.id, name: granter.name },
      granterRole: granterMember.role,
      approver: { id: approver.id, name: approver.name },
      approverRole: approverMember.role,
      revoker: { id: revoker.id, name: revoker.name },
      at: sql`clock_timestamp()`.mapWith(mutationGrants.until),
    })
    .from(mutationGrants)
    .innerJoin(workflow, eq(workflow.id, mutationGrants.workflowId))
    .leftJoin(granter, eq(granter.id, mutationGrants.grantedBy))
    .leftJoin(granterMember, memberOf(granterMember, sql`${mutationGrants.grantedBy}`))
    .leftJoin(approver, eq(approver.id, mutationGrants.approvedBy))
    .leftJoin(approverMember, memberOf(approverMember, sql`${mutationGrants.approvedBy}`))
    .leftJoin(revoker, eq(revoker.id, mutationGrants.revokedBy))
    .where(where)
    .$dynamic();
}

type Row = Awaited<ReturnType<typeof grantRows>>[number];

function grantOf(row: Row): MutationGrant {
  const { grant } = row;
  return {
    id: grant.id,
    workflow: { id: grant.workflowId, slug: row.slug },
    nodeIds: grant.nodeIds,
    reason: grant.reason,
    needsApproval: grant.needsApproval,
    createdAt: grant.createdAt,
    until: grant.until,
    granter: person(row.granter, row.granterRole),
    approver: person(row.approver, row.approverRole),
    approvedAt: grant.approvedAt,
    revoker: person(row.revoker, null),
    revokedAt: grant.revokedAt,
    at: row.at,
  };
}

function person(user: { id: string; name: string } | null, role: Role | null): GrantPerson | null {
  return user && { ...user, role };
}
