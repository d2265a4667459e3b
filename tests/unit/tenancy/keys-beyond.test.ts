import { expect, test } from "vitest";
import { roles, type Role, type Scope } from "#/lib/contract/access.ts";
import { isBeyond } from "#/lib/tenancy/api-key-rules.ts";

/** The product contract's sentence on roles, as the least role whose member could do all that the scope allows. */
const least: [Scope, Role][] = [
  ["runs:read", "viewer"],
  ["runs:write", "operator"],
  ["replays:write", "operator"],
  ["workflows:write", "admin"],
  ["admin", "admin"],
  ["account", "owner"],
];

test.each(least)("a key with %s is beyond every role below %s, and beyond no other", (scope, role) => {
  for (const held of roles) expect(isBeyond([scope], held)).toBe(roles.indexOf(held) < roles.indexOf(role));
});

test("one scope too many is enough; who is no member may have no key at all", () => {
  expect(isBeyond(["runs:read", "admin"], "operator")).toBe(true);
  expect(isBeyond(["runs:read", "runs:write"], "operator")).toBe(false);
  expect(isBeyond(["runs:read"], null)).toBe(true);
  expect(isBeyond([], null)).toBe(true);
});
