import { describe, expect, test } from "vitest";
import { effectivePolicy } from "#/lib/policies/effective-policy.ts";

const level = (allowedModels: string[] | null) => ({
  allowedModels,
  allowedProviders: null,
  replay: { allowMutations: null },
});

describe("effective lists", () => {
  test.each([
    ["no list means no list", null, null, null, "default"],
    ["the workspace's alone", null, ["a"], ["a"], "workspace"],
    ["the account's alone", ["a"], null, ["a"], "account"],
    ["both intersect", ["a", "b"], ["b", "c"], ["b"], "both"],
    ["an empty list allows nothing", [], null, [], "account"],
    ["an empty list wins over a full one", ["a"], [], [], "both"],
    ["compared byte for byte: case", ["A"], ["a"], [], "both"],
    ["compared byte for byte: space", ["a "], ["a"], [], "both"],
    ["compared byte for byte: Unicode form", ["\u00e9"], ["e\u0301"], [], "both"],
  ] as const)("%s", (_name, account, workspace, value, origin) => {
    const levels = { account: level(account && [...account]), workspace: level(workspace && [...workspace]) };
    expect(effectivePolicy(levels).allowedModels).toEqual({ value, origin });
  });
});
