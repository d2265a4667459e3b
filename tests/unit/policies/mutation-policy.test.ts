import { describe, expect, test } from "vitest";
import type { PolicyValues } from "#/lib/contract/policy.ts";
import { effectivePolicy } from "#/lib/policies/effective-policy.ts";
import { decideMutation } from "#/lib/policies/mutation-policy.ts";
import { mutationGrant } from "./mutation-grants.ts";

const level = (allowMutations: boolean | null): PolicyValues => ({
  allowedModels: null,
  allowedProviders: null,
  replay: { allowMutations },
});
const values = [true, false, null] as const;
const grants: ReturnType<typeof mutationGrant>[] = [];

describe("may a node mutate in a replay", () => {
  const table = values.flatMap((account) =>
    values.flatMap((workspace) => values.map((node) => ({ account, workspace, node }))),
  );

  test.each(table)("account $account, workspace $workspace, node $node", ({ account, workspace, node }) => {
    const expected = account === false || workspace === false ? false : (node ?? workspace ?? false);
    const decision = decideMutation({ account: level(account), workspace: level(workspace), node, grants });
    expect(decision).toMatchObject({ allowed: expected, grant: null });
    expect(decision.because).not.toBe("");
  });

  test.each(table)(
    "with a grant that holds: account $account, workspace $workspace, node $node",
    ({ account, workspace, node }) => {
      const levels = { account: level(account), workspace: level(workspace), node };
      const without = decideMutation({ ...levels, grants });
      const grant = mutationGrant();
      const decision = decideMutation({ ...levels, grants: [grant] });
      const isForbidden = account === false || workspace === false || node === false;
      expect(decision.allowed).toBe(!isForbidden);
      // A permission that stands anyway does not rest on the grant.
      expect(decision.grant).toBe(!isForbidden && !without.allowed ? grant : null);
      if (decision.grant === null) expect(decision.because).toBe(without.because);
    },
  );

  test("a node without the setting is like one that says null", () => {
    expect(decideMutation({ account: level(null), workspace: level(null), node: undefined, grants }).allowed).toBe(
      false,
    );
    expect(decideMutation({ account: level(null), workspace: level(true), node: undefined, grants }).allowed).toBe(
      true,
    );
  });

  test.each(table)(
    "the effective view says the same: account $account, workspace $workspace",
    ({ account, workspace }) => {
      const levels = { account: level(account), workspace: level(workspace) };
      const { value, nodesMayOptIn } = effectivePolicy(levels).replay.allowMutations;
      expect(value).toBe(decideMutation({ ...levels, node: null, grants }).allowed);
      expect(nodesMayOptIn).toBe(decideMutation({ ...levels, node: true, grants }).allowed);
    },
  );

  const silent = { account: level(null), workspace: level(null), node: null };

  test("of several grants the one that holds longest counts; words name it, who gave and approved it, until when", () => {
    const long = mutationGrant({
      id: "grant_long",
      until: new Date(5000),
      needsApproval: true,
      approver: { id: "usr_2", name: "Grace", role: "owner" },
      approvedAt: new Date(100),
    });
    const longest = mutationGrant({ id: "grant_revoked", until: new Date(9000), revokedAt: new Date(500) });
    const decision = decideMutation({ ...silent, grants: [mutationGrant({ until: new Date(3000) }), long, longest] });
    expect(decision.grant).toBe(long);
    expect(decision.because).toBe(
      "grant grant_long of Ada, approved by Grace allows it until 1970-01-01T00:00:05.000Z",
    );
  });

  test.each([
    ["expired", { until: new Date(1000) }, "expired at 1970-01-01T00:00:01.000Z"],
    ["revoked", { revokedAt: new Date(900) }, "was revoked at 1970-01-01T00:00:00.900Z"],
    ["requested", { needsApproval: true }, "is not approved yet"],
    ["lapsed", { granter: { id: "usr_1", name: "Ada", role: null } }, "may no longer make it"],
  ])("a grant that is %s allows nothing, and the words say so", (_state, change, words) => {
    const older = mutationGrant({ id: "grant_older", createdAt: new Date(-1), revokedAt: new Date(0) });
    const decision = decideMutation({ ...silent, grants: [older, mutationGrant(change)] });
    expect(decision).toMatchObject({ allowed: false, grant: null });
    expect(decision.because).toContain(`grant grant_1 `);
    expect(decision.because).toContain(words);
    expect(decision.because).toContain("mutations in replays are off by default");
  });
});
