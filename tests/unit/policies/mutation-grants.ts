import type { MutationGrant } from "#/lib/policies/mutation-grant.ts";

/** A grant that holds at its `at`, one second after the epoch, for another second. */
export function mutationGrant(change: Partial<MutationGrant> = {}): MutationGrant {
  return {
    id: "grant_1",
    workflow: { id: "wf_1", slug: "flow" },
    nodeIds: ["pay"],
    reason: "a test",
    needsApproval: false,
    createdAt: new Date(0),
    until: new Date(2000),
    granter: { id: "usr_1", name: "Ada", role: "admin" },
    approver: null,
    approvedAt: null,
    revoker: null,
    revokedAt: null,
    at: new Date(1000),
    ...change,
  };
}
