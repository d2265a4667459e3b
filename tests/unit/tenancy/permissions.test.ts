import { describe, expect, test } from "vitest";
import { roles, scopes, type Role, type Scope } from "#/lib/contract/access.ts";
import { isPermitted, permissions, type Action } from "#/lib/tenancy/permissions.ts";

const actions = Object.keys(permissions) as Action[];
const user = (role: (typeof roles)[number]) => ({ kind: "user", userId: "usr_1", email: "", name: "", role }) as const;
const key = (...held: Scope[]) => ({ kind: "api_key", keyId: "key_1", scopes: held, createdBy: null }) as const;

describe("permissions", () => {
  test.each(actions)("%s: every role from the least one up may, every lower one may not", (action) => {
    const least = roles.indexOf(permissions[action].role);
    roles.forEach((role, index) => expect(isPermitted(user(role), action)).toBe(index >= least));
  });

  test.each(actions)("%s: a key needs one of the scopes, and no other scope will do", (action) => {
    const needed: readonly Scope[] = permissions[action].scopes;
    for (const scope of scopes) expect(isPermitted(key(scope), action)).toBe(needed.includes(scope));
    expect(isPermitted(key(), action)).toBe(false);
  });

  test("a read-only key writes nothing", () => {
    const writing = actions.filter((action) => !/:(read|preflight)$/.test(action));
    expect(writing.filter((action) => isPermitted(key("runs:read"), action))).toEqual([]);
  });

  test("the table says what the product contract says of roles", () => {
    const startingAt = (role: Role) => actions.filter((action) => permissions[action].role === role);
    // Declining changes nothing of the workspace that the member is in: the link is what allows it.
    const changing = startingAt("viewer").filter((action) => !/:(read|preflight)$/.test(action));
    expect(changing).toEqual(["invitation:decline"]);
    expect(startingAt("operator")).toEqual([
      "run:trigger",
      "run:control",
      "replay:submit",
      "fix:suggest",
      "schedule:write",
      "mapping:write",
    ]);
    expect(startingAt("owner")).toEqual(["account_policy:write"]);
    for (const domain of ["policy", "model", "prompt", "workflow", "key", "member"])
      expect(startingAt("admin")).toContain(`${domain}:write`);
    for (const hidden of ["key:read", "member:read", "audit:read", "variable:read", "provider:read"])
      expect(startingAt("admin")).toContain(hidden);
  });
});
