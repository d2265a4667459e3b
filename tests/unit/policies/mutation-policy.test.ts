import { describe, expect, test } from "vitest";
import type { PolicyValues } from "#/lib/contract/policy.ts";
import { effectivePolicy } from "#/lib/policies/effective-policy.ts";
import { decideMutation } from "#/lib/policies/mutation-policy.ts";

const level = (allowMutations: boolean | null): PolicyValues => ({
  allowedModels: null,
  allowedProviders: null,
  replay: { allowMutations },
});
const values = [true, false, null] as const;

describe("may a node mutate in a replay", () => {
  const table = values.flatMap((account) =>
    values.flatMap((workspace) => values.map((node) => ({ account, workspace, node }))),
  );

  test.each(table)("account $account, workspace $workspace, node $node", ({ account, workspace, node }) => {
    const expected = account === false || workspace === false ? false : (node ?? workspace ?? false);
    const decision = decideMutation({ account: level(account), workspace: level(workspace), node });
    expect(decision.allowed).toBe(expected);
    expect(decision.because).not.toBe("");
  });

  test("a node without the setting is like one that says null", () => {
    expect(decideMutation({ account: level(null), workspace: level(null), node: undefined }).allowed).toBe(false);
    expect(decideMutation({ account: level(null), workspace: level(true), node: undefined }).allowed).toBe(true);
  });

  test.each(table)(
    "the effective view says the same: account $account, workspace $workspace",
    ({ account, workspace }) => {
      const levels = { account: level(account), workspace: level(workspace) };
      const { value, nodesMayOptIn } = effectivePolicy(levels).replay.allowMutations;
      expect(value).toBe(decideMutation({ ...levels, node: null }).allowed);
      expect(nodesMayOptIn).toBe(decideMutation({ ...levels, node: true }).allowed);
    },
  );
});
