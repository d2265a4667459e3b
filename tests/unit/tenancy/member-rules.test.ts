import { describe, expect, test } from "vitest";
import type { Actor } from "#/lib/tenancy/ctx.ts";
import { decideMemberChange, decideRole } from "#/lib/tenancy/member-rules.ts";

const user = (role: "admin" | "owner"): Actor => ({ kind: "user", userId: "usr_1", email: "a@b", name: "a", role });
const key = (...scopes: ("admin" | "account")[]): Actor => ({
  kind: "api_key",
  keyId: "key_1",
  scopes,
  createdBy: null,
});

describe("who may change which member", () => {
  test.each([
    ["an admin makes an operator an admin", user("admin"), "operator", "admin", 1, "ok"],
    ["an admin removes an admin", user("admin"), "admin", null, 1, "ok"],
    ["an admin adds a viewer", user("admin"), null, "viewer", 1, "ok"],
    ["an admin makes an owner", user("admin"), "admin", "owner", 1, "forbidden"],
    ["an admin adds an owner", user("admin"), null, "owner", 1, "forbidden"],
    ["an admin demotes an owner", user("admin"), "owner", "viewer", 2, "forbidden"],
    ["an admin removes an owner", user("admin"), "owner", null, 2, "forbidden"],
    ["an owner makes an owner", user("owner"), "viewer", "owner", 1, "ok"],
    ["an owner removes one of two owners", user("owner"), "owner", null, 2, "ok"],
    ["an owner removes the last owner", user("owner"), "owner", null, 1, "conflict"],
    ["an owner demotes the last owner", user("owner"), "owner", "admin", 1, "conflict"],
    ["the last owner stays an owner", user("owner"), "owner", "owner", 1, "ok"],
    ["an admin key makes an owner", key("admin"), "viewer", "owner", 1, "forbidden"],
    ["a key with the account's scope makes an owner", key("admin", "account"), "viewer", "owner", 1, "ok"],
  ] as const)("%s: %5$s", (_name, actor, from, to, owners, expected) => {
    const verdict = decideMemberChange({ actor, from, to, owners });
    expect(verdict.allowed ? "ok" : verdict.code).toBe(expected);
    // Without counting owners, the same is said of the actor alone.
    const alone = decideRole({ actor, from, to });
    expect(alone.allowed ? "ok" : alone.code).toBe(expected === "conflict" ? "ok" : expected);
  });
});
