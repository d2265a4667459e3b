import { beforeAll, describe, expect, test } from "vitest";
import { database } from "#/db/client.ts";
import { newId } from "#/lib/core/ids.ts";
import { addMember } from "#/lib/tenancy/add-member.ts";
import { changeMemberRole } from "#/lib/tenancy/change-member-role.ts";
import { listAuditEvents } from "#/lib/tenancy/list-audit-events.ts";
import { listMembers } from "#/lib/tenancy/list-members.ts";
import { listMyWorkspaces } from "#/lib/tenancy/list-workspaces.ts";
import { removeMember } from "#/lib/tenancy/remove-member.ts";
import { provisionMember } from "#/lib/tenancy/provision-member.ts";
import { insertSession } from "#/lib/tenancy/session-store.ts";
import { actorInWorkspace, userOfSession } from "#/lib/tenancy/sessions.ts";
import { provisionUser, userByIdentity, userByPassword } from "#/lib/tenancy/users.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { createTenant, type Tenant } from "#/tests/support/tenants.ts";

ownDatabase();
let tenant: Tenant;
let other: Tenant;
beforeAll(async () => {
  [tenant, other] = await Promise.all([createTenant(), createTenant()]);
});
const all = { limit: 100, after: null };
const begin = async (userId: string, userVersion = 1) => {
  const id = newId("session");
  await insertSession(database(), { id, userId, userVersion, userAgent: null, lastsMs: 60_000 });
  return { userId, sessionId: id };
};

describe("members", () => {
  test("the operator's act makes a user without a password, and a known person a member; twice is a conflict", async () => {
    const input = { email: " New@Example.com ", role: "viewer" } as const;
    const added = await provisionMember(tenant.system, input);
    expect(added).toMatchObject({ email: "new@example.com", name: "new", role: "viewer" });
    expect(await userByPassword(database(), "new@example.com", "")).toBeNull();
    await expect(provisionMember(tenant.system, input)).rejects.toMatchObject({ code: "conflict" });
    expect((await provisionMember(other.system, input)).id).toBe(added.id);
    await expect(provisionMember(await tenant.as("owner"), input)).rejects.toMatchObject({ code: "forbidden" });
  });

  test("a role change holds from the next request on, a removal ends access", async () => {
    const admin = await tenant.as("admin");
    const member = await tenant.as("viewer");
    if (member.actor.kind !== "user") throw new Error("a member is a user");
    const session = await begin(member.actor.userId);
    const resolve = () => actorInWorkspace(database(), session, tenant.workspace.slug);
    expect(await resolve()).toMatchObject({ actor: { role: "viewer" }, workspace: tenant.workspace });
    await changeMemberRole(admin, session.userId, "operator");
    expect(await resolve()).toMatchObject({ actor: { role: "operator" } });
    await removeMember(admin, session.userId);
    expect(await resolve()).toBeNull();
    expect(await listMyWorkspaces(member)).toEqual([]);
    const { data } = await listAuditEvents(tenant.system, { filter: { target: session.userId }, ...all });
    expect(data.map((event) => event.action)).toEqual(["member.removed", "member.role_changed", "member.added"]);
  });

  test("a session of an older version is nobody, in no workspace", async () => {
    const member = await tenant.as("owner");
    if (member.actor.kind !== "user") throw new Error("a member is a user");
    const old = await begin(member.actor.userId, 0);
    expect(await userOfSession(database(), old)).toBeNull();
    expect(await actorInWorkspace(database(), old, tenant.workspace.slug)).toBeNull();
  });

  test("another tenant's members are not found, and not listed", async () => {
    const member = await tenant.as("viewer");
    const id = member.actor.kind === "user" ? member.actor.userId : "";
    const stranger = await other.as("owner");
    await expect(changeMemberRole(stranger, id, "admin")).rejects.toMatchObject({ code: "not_found" });
    await expect(removeMember(stranger, id)).rejects.toMatchObject({ code: "not_found" });
    expect((await listMembers(stranger, all)).data.map((entry) => entry.id)).not.toContain(id);
    expect(await actorInWorkspace(database(), await begin(id), other.workspace.slug)).toBeNull();
  });

  test("an operator and a read-only key administer nobody", async () => {
    for (const ctx of [await tenant.as("operator"), tenant.key("runs:read", "replays:write")]) {
      await expect(listMembers(ctx, all)).rejects.toMatchObject({ code: "forbidden" });
      await expect(addMember(ctx, { email: "x@example.com", role: "viewer" })).rejects.toThrow(
        /role admin|scope admin/,
      );
      await expect(removeMember(ctx, "usr_x")).rejects.toThrow(/role admin|scope admin/);
    }
  });

  test("of two owners who remove each other at once, one stays", async () => {
    for (let round = 0; round < 5; round += 1) {
      const fresh = await createTenant();
      const owners = await Promise.all([fresh.as("owner"), fresh.as("owner")]);
      const ids = owners.map((ctx) => (ctx.actor.kind === "user" ? ctx.actor.userId : ""));
      const results = await Promise.allSettled([
        removeMember(owners[0], ids[1] ?? ""),
        removeMember(owners[1], ids[0] ?? ""),
      ]);
      expect(results.map((result) => result.status).sort()).toEqual(["fulfilled", "rejected"]);
      expect((await listMembers(fresh.system, all)).data).toHaveLength(1);
    }
  });
});

describe("signing in", () => {
  test("the password decides, without regard to the email's case", async () => {
    const user = await provisionUser(database(), { email: "Ada@Example.com", name: "Ada", password: "correct horse" });
    expect(await userByPassword(database(), "ADA@example.com ", "correct horse")).toEqual(user);
    expect(await userByPassword(database(), "ada@example.com", "wrong")).toBeNull();
    expect(await userByPassword(database(), "nobody@example.com", "correct horse")).toBeNull();
  });

  test("a provider's subject is tied to a user by a verified email only, and then stays tied", async () => {
    const user = await provisionUser(database(), { email: "bob@example.com", name: "Bob", password: null });
    const identity = { provider: "github", subject: "17", email: "bob@example.com" };
    expect(await userByIdentity(database(), { ...identity, emailVerified: false })).toBeNull();
    expect(await userByIdentity(database(), { ...identity, emailVerified: true })).toEqual(user);
    expect(await userByIdentity(database(), { ...identity, email: "moved@example.com", emailVerified: false })).toEqual(
      user,
    );
    expect(
      await userByIdentity(database(), { ...identity, provider: "oidc", email: null, emailVerified: true }),
    ).toBeNull();
    expect(
      await userByIdentity(database(), {
        ...identity,
        subject: "18",
        email: "new@nowhere.example",
        emailVerified: true,
      }),
    ).toBeNull();
  });
});
