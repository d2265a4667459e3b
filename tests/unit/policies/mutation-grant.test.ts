import { describe, expect, test } from "vitest";
import { roles, type Role } from "#/lib/contract/access.ts";
import { grantsOfNode, grantState, mustApprove, type MutationGrant } from "#/lib/policies/mutation-grant.ts";
import { mutationGrant } from "./mutation-grants.ts";

const person = (id: string, role: Role | null) => ({ id, name: id, role });
const asked: Partial<MutationGrant> = { needsApproval: true };
const approved: Partial<MutationGrant> = { ...asked, approver: person("usr_2", "admin"), approvedAt: new Date(500) };
const ended: Partial<MutationGrant> = { until: new Date(1000) };

describe("what a grant is worth", () => {
  test.each<[string, Partial<MutationGrant>, string]>([
    ["just given", {}, "active"],
    ["a millisecond before its end", { until: new Date(1001) }, "active"],
    ["at its end", ended, "expired"],
    ["after its end", { until: new Date(999) }, "expired"],
    ["revoked", { revokedAt: new Date(1) }, "revoked"],
    ["revoked and past its end", { ...ended, revokedAt: new Date(1) }, "revoked"],
    ["revoked after it was approved", { ...approved, revokedAt: new Date(600) }, "revoked"],
    ["waiting for the second person", asked, "requested"],
    ["past its end while it waited", { ...asked, ...ended }, "expired"],
    ["approved", approved, "active"],
    ["approved and past its end", { ...approved, ...ended }, "expired"],
    ["approved by the person who asked", { ...approved, approver: person("usr_1", "admin") }, "lapsed"],
    ["of a user who is gone", { granter: null }, "lapsed"],
    ["waiting, of a user who is gone", { ...asked, granter: null }, "lapsed"],
    ["approved by a user who is gone", { ...approved, approver: null }, "lapsed"],
    ["approved by a former member", { ...approved, approver: person("usr_2", null) }, "lapsed"],
  ])("%s", (_what, change, state) => {
    expect(grantState(mutationGrant(change))).toBe(state);
  });

  test.each([...roles, null])("given or approved by somebody who is now %s", (role) => {
    const state = role === "admin" || role === "owner" ? "active" : "lapsed";
    expect(grantState(mutationGrant({ granter: person("usr_1", role) }))).toBe(state);
    expect(grantState(mutationGrant({ ...approved, approver: person("usr_2", role) }))).toBe(state);
  });
});

describe("approving", () => {
  test.each<[string, Partial<MutationGrant>, string, boolean | string]>([
    ["by another", asked, "usr_2", true],
    ["by who asked", asked, "usr_1", "forbidden"],
    ["again, by who did", approved, "usr_2", false],
    ["again, by a third", approved, "usr_3", false],
    ["by who asked, after it was approved", approved, "usr_1", "forbidden"],
    ["what needs none", {}, "usr_2", "conflict"],
    ["what is revoked", { ...asked, revokedAt: new Date(1) }, "usr_2", "conflict"],
    ["what is over", { ...asked, ...ended }, "usr_2", "conflict"],
    ["what was asked by a former admin", { ...asked, granter: person("usr_1", "viewer") }, "usr_2", "conflict"],
  ])("%s", (_what, change, by, outcome) => {
    const approve = () => mustApprove(mutationGrant(change), by);
    if (typeof outcome === "boolean") expect(approve()).toBe(outcome);
    else expect(approve).toThrow(expect.objectContaining({ code: outcome }));
  });
});

test("a grant is for its own nodes of its own workflow, compared byte for byte", () => {
  const grants = [mutationGrant({ nodeIds: ["pay", "mail"] })];
  const found = (workflowId: string, nodeId: string) => grantsOfNode(grants, { workflowId, nodeId }).length;
  expect([found("wf_1", "pay"), found("wf_1", "mail")]).toEqual([1, 1]);
  for (const [workflowId, nodeId] of [
    ["wf_2", "pay"],
    ["wf_1", "Pay"],
    ["wf_1", "pay "],
    ["wf_1", ""],
  ] as const)
    expect(found(workflowId, nodeId)).toBe(0);
});
