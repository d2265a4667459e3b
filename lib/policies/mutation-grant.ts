import type { Role } from "#/lib/contract/access.ts";
import type { GrantRef, GrantState, MutationGrantView } from "#/lib/contract/mutation-grant.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { isRolePermitted } from "#/lib/tenancy/permissions.ts";

/** A person with their current role in the grant's workspace; null = no longer a member. */
export type GrantPerson = { id: string; name: string; role: Role | null };

/** A grant as the database has it at `at`, in database time. */
export type MutationGrant = {
  id: string;
  workflow: { id: string; slug: string };
  nodeIds: string[];
  reason: string;
  needsApproval: boolean;
  createdAt: Date;
  until: Date;
  granter: GrantPerson | null;
  approver: GrantPerson | null;
  approvedAt: Date | null;
  revoker: GrantPerson | null;
  revokedAt: Date | null;
  at: Date;
};

/**
 * A grant's state at its `at`: it ends exactly at `until`, and lapses with the rights of the people behind it. Pure.
 */
export function grantState(grant: MutationGrant): GrantState {
  if (grant.revokedAt !== null) return "revoked";
  if (grant.at >= grant.until) return "expired";
  if (!mayGrant(grant.granter)) return "lapsed";
  if (!grant.needsApproval) return "active";
  if (grant.approvedAt === null) return "requested";
  return mayGrant(grant.approver) && grant.approver?.id !== grant.granter?.id ? "active" : "lapsed";
}

function mayGrant(person: GrantPerson | null): boolean {
  return person !== null && person.role !== null && isRolePermitted(person.role, "grant:write");
}

/** The grants that name this node of this workflow. Pure. */
export function grantsOfNode(
  grants: readonly MutationGrant[],
  { workflowId, nodeId }: { workflowId: string; nodeId: string },
): MutationGrant[] {
  return grants.filter((grant) => grant.workflow.id === workflowId && grant.nodeIds.includes(nodeId));
}

/** The grant in force that lasts longest; null when none is in force. Pure. */
export function activeGrant(grants: readonly MutationGrant[]): MutationGrant | null {
  const active = grants.filter((grant) => grantState(grant) === "active");
  return active.toSorted((a, b) => b.until.getTime() - a.until.getTime() || (a.id < b.id ? -1 : 1))[0] ?? null;
}

/** Says why the newest of these grants is not in force; null when there is none. Pure. */
export function withoutEffect(grants: readonly MutationGrant[]): string | null {
  const newest = grants.toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime() || (a.id < b.id ? 1 : -1))[0];
  if (!newest) return null;
  const words: Record<GrantState, string> = {
    requested: "is not approved yet",
    active: "holds",
    expired: `expired at ${newest.until.toISOString()}`,
    revoked: `was revoked at ${newest.revokedAt?.toISOString() ?? ""}`,
    lapsed: "lapsed: the person behind it may no longer make it",
  };
  return `grant ${newest.id} ${words[grantState(newest)]}`;
}

/**
 * May `personId` approve this grant? Throws `forbidden` for the person who asked for it (with any session or key) and
 * `conflict` for a grant that needs no approval or has ended. False when it is already approved. Pure.
 */
export function mustApprove(grant: MutationGrant, personId: string): boolean {
  if (!grant.needsApproval) throw new DomainError("conflict", "This grant needs no approval.");
  if (grant.granter?.id === personId)
    throw new DomainError("forbidden", "A grant must be approved by someone other than the person who requested it.");
  const state = grantState(grant);
  if (state === "active") return false;
  if (state === "requested") return true;
  throw new DomainError("conflict", `This grant can no longer be approved: it is ${state}.`, { details: { state } });
}

export function grantView(grant: MutationGrant): MutationGrantView {
  return {
    id: grant.id,
    workflow: grant.workflow,
    nodeIds: grant.nodeIds,
    reason: grant.reason,
    state: grantState(grant),
    needsApproval: grant.needsApproval,
    createdAt: grant.createdAt.toISOString(),
    until: grant.until.toISOString(),
    grantedBy: named(grant.granter),
    approvedBy: named(grant.approver),
    approvedAt: grant.approvedAt?.toISOString() ?? null,
    revokedBy: named(grant.revoker),
    revokedAt: grant.revokedAt?.toISOString() ?? null,
  };
}

export function grantRef(grant: MutationGrant): GrantRef {
  return {
    id: grant.id,
    grantedBy: grant.granter?.name ?? "",
    approvedBy: grant.approver?.name ?? null,
    until: grant.until.toISOString(),
  };
}

function named(person: GrantPerson | null): { id: string; name: string } | null {
  return person && { id: person.id, name: person.name };
}
