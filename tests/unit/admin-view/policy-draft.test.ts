import { describe, expect, test } from "vitest";
import { draftOf, requestOf, valuesOf, withEntry } from "#/components/policies/policy-draft.ts";
import type { PolicyValues } from "#/lib/contract/policy.ts";

const values = (
  allowedModels: string[] | null,
  allowedProviders: string[] | null,
  allowMutations: boolean | null,
): PolicyValues => ({ allowedModels, allowedProviders, replay: { allowMutations } });

describe("editing a policy", () => {
  test.each([
    values(null, null, null),
    values([], [], false),
    values(["a:b", "a:c"], ["a"], true),
    values(null, ["a"], null),
  ])("an unchanged draft sends exactly what was there: %j", (before) => {
    expect(requestOf(draftOf(before))).toEqual(before);
    expect(valuesOf(draftOf(before))).toEqual(before);
  });

  test("“only these” without an entry is not sent: it is neither unset nor none", () => {
    const draft = draftOf(values(null, null, null));
    expect(requestOf({ ...draft, models: { mode: "list", entries: [] } })).toBeNull();
    expect(requestOf({ ...draft, models: { mode: "none", entries: ["kept"] } })?.allowedModels).toEqual([]);
    expect(requestOf({ ...draft, models: { mode: "unset", entries: ["kept"] } })?.allowedModels).toBeNull();
  });

  test("an entry is in the list once, and leaves it", () => {
    const list = { mode: "list", entries: ["a"] } as const;
    const twice = withEntry(withEntry({ ...list, entries: ["a"] }, "b", true), "b", true);
    expect(twice.entries).toEqual(["a", "b"]);
    expect(withEntry(twice, "a", false).entries).toEqual(["b"]);
  });
});
