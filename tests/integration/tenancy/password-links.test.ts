import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { database } from "#/db/client.ts";
import { newId } from "#/lib/core/ids.ts";
import { provisionMember } from "#/lib/tenancy/provision-member.ts";
import { acceptAsNewPerson, acceptPending, pendingInvitations } from "#/lib/tenancy/accept-invitation.ts";
import { addMember } from "#/lib/tenancy/add-member.ts";
import { changeMemberRole } from "#/lib/tenancy/change-member-role.ts";
import { changePassword } from "#/lib/tenancy/change-password.ts";
import { createInvitation } from "#/lib/tenancy/create-invitation.ts";
import { createPasswordLink } from "#/lib/tenancy/create-password-link.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { listAuditEvents } from "#/lib/tenancy/list-audit-events.ts";
import { removeMember } from "#/lib/tenancy/remove-member.ts";
import { startSession, userOfSession } from "#/lib/tenancy/sessions.ts";
import { readPasswordLink, setPasswordByLink } from "#/lib/tenancy/set-password-by-link.ts";
import { provisionUser, userByIdentity, userByPassword } from "#/lib/tenancy/users.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { createTenant, type Tenant } from "#/tests/support/tenants.ts";

ownDatabase();
let tenant: Tenant;
let other: Tenant;
let owner: Ctx;
beforeAll(async () => {
  [tenant, other] = await Promise.all([createTenant(), createTenant()]);
  owner = await tenant.as("owner");
});

const [before, after] = ["the password before", "the password after"];
const userIdOf = (ctx: Ctx) => (ctx.actor.kind === "user" ? ctx.actor.userId : "");
const makeMember = async () => {
  const user = await provisionUser(database(), {
    email: `${newId("user")}@example.com`,
    name: "Ada",
    password: before,
  });
  await provisionMember(tenant.system, { email: user.email, role: "operator" });
  return user;
};
const tokenOf = async (maker: Ctx, userId: string) =>
  (await createPasswordLink(maker, userId)).url.split("/").at(-1) ?? "";
const set = (token: string, password = after) => setPasswordByLink(database(), { token, password, requestId: "req_1" });
const opens = async (email: string, password: string) => (await userByPassword(database(), email, password)) !== null;

/** Until another connection waits for a lock of ours. */
const waitingForLock = async () =>
  await expect
    .poll(async () => {
      const rows = await database().execute(sql`
        select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`);
      return rows.length;
    })
    .toBe(1);

describe("a password link", () => {
  test("sets the password once, ends every session, and both acts are in the log", async () => {
    const ada = await makeMember();
    const session = { userId: ada.id, sessionId: await startSession(database(), ada, null) };
    const token = await tokenOf(owner, ada.id);
    expect(await readPasswordLink(database(), token)).toEqual({ email: ada.email, name: "Ada" });
    expect(await opens(ada.email, before)).toBe(true);
    expect(await set(token)).toEqual({ email: ada.email });
    expect([await opens(ada.email, before), await opens(ada.email, after)]).toEqual([false, true]);
    expect(await userOfSession(database(), session)).toBeNull();
    await expect(set(token, "yet another password")).rejects.toMatchObject({ code: "not_found" });
    expect(await opens(ada.email, after)).toBe(true);
    const { data } = await listAuditEvents(tenant.system, { filter: { target: ada.id }, limit: 2, after: null });
    expect(data.map(({ action, actor }) => [action, actor.id])).toEqual([
      ["member.password_reset", ada.id],
      ["member.password_link_created", userIdOf(owner)],
    ]);
    const stored = await database().execute(sql`select a::text as row from audit_events a`);
    expect(JSON.stringify(stored)).not.toContain(token);
  });

  test("that is replaced, too old, or no token opens nothing; so does one made before the password was changed", async () => {
    const [ada, bob] = [await makeMember(), await makeMember()];
    const replaced = await tokenOf(owner, ada.id);
    const old = await tokenOf(owner, ada.id);
    await database().execute(sql`update password_links set expires_at = now() where user_id = ${ada.id}`);
    const overtaken = await tokenOf(owner, bob.id);
    const session = { userId: bob.id, sessionId: await startSession(database(), bob, null) };
    const input = { current: before, next: "bob's own new password", address: "", requestId: "req_1" };
    await changePassword(database(), session, input);
    for (const token of [replaced, old, overtaken, "", "x", "\u0000"]) {
      expect(await readPasswordLink(database(), token)).toBeNull();
      await expect(set(token)).rejects.toMatchObject({ code: "not_found" });
    }
    expect(await opens(ada.email, before)).toBe(true);
  });

  test("of two who open it at once, one sets the password", async () => {
    const ada = await makeMember();
    const token = await tokenOf(owner, ada.id);
    const results = await Promise.allSettled([set(token), set(token)]);
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });

  test("is not made by a key, for oneself, for another tenant's member, or for who stands as high", async () => {
    const ada = await makeMember();
    const [admin, peer] = [await tenant.as("admin"), await tenant.as("admin")];
    const code = (attempt: Promise<unknown>) =>
      attempt.then(
        () => "made",
        (error) => error.code,
      );
    expect(await code(createPasswordLink(tenant.key("admin", "account"), ada.id))).toBe("forbidden");
    expect(await code(createPasswordLink(owner, userIdOf(owner)))).toBe("forbidden");
    expect(await code(createPasswordLink(admin, userIdOf(peer)))).toBe("forbidden");
    expect(await code(createPasswordLink(admin, userIdOf(owner)))).toBe("forbidden");
    expect(await code(createPasswordLink(await tenant.as("operator"), ada.id))).toBe("forbidden");
    expect(await code(createPasswordLink(await other.as("owner"), ada.id))).toBe("not_found");
    expect(await code(createPasswordLink(admin, ada.id))).toBe("made");
  });

  test("is the right of the account that made the person's user: joining another takes none away and gives none", async () => {
    const ada = await makeMember();
    const before = await tokenOf(owner, ada.id);
    await provisionMember(other.system, { email: ada.email, role: "viewer" });
    expect(await readPasswordLink(database(), before)).toMatchObject({ email: ada.email });
    const refused = await createPasswordLink(await other.as("owner"), ada.id).catch((error) => error);
    expect(refused.code).toBe("forbidden");
    expect(refused.message).not.toContain(tenant.workspace.name);
    expect(await set(await tokenOf(owner, ada.id))).toEqual({ email: ada.email });
    await removeMember(tenant.system, ada.id);
    await expect(createPasswordLink(await other.as("owner"), ada.id)).rejects.toMatchObject({ code: "forbidden" });
  });

  test("needs the maker above the person in each workspace of that account, whenever they joined it", async () => {
    const second = await createTenant(tenant.workspace.accountId);
    const [ada, bob] = [await makeMember(), await makeMember()];
    await provisionMember(second.system, { email: ada.email, role: "viewer" });
    await expect(createPasswordLink(owner, ada.id)).rejects.toMatchObject({ code: "forbidden" });
    const token = await tokenOf(owner, bob.id);
    await provisionMember(second.system, { email: bob.email, role: "viewer" });
    await expect(set(token)).rejects.toMatchObject({ code: "not_found" });
    expect(await opens(bob.email, before)).toBe(true);
  });

  test("ends, and no more is made, when an identity provider vouches for who was made by a link", async () => {
    const email = `${newId("user")}@example.com`;
    const made = await createInvitation(owner, { email, role: "viewer" });
    const invited = made.url.split("/").at(-1) ?? "";
    await acceptAsNewPerson(database(), { token: invited, name: "Eve", password: before, requestId: "req_1" });
    const eve = await userByPassword(database(), email, before);
    const token = await tokenOf(owner, eve?.id ?? "");
    await userByIdentity(database(), { provider: "oidc", subject: newId("user"), email, emailVerified: true });
    await expect(set(token)).rejects.toMatchObject({ code: "not_found" });
    await expect(createPasswordLink(owner, eve?.id ?? "")).rejects.toMatchObject({ code: "forbidden" });
  });

  test("and joining another of its workspaces take turns: whichever is first keeps the other out", async () => {
    const maker = await tenant.as("owner");
    const second = await createTenant(tenant.workspace.accountId);
    const someone = async () => {
      const { id, email } = await provisionMember(tenant.system, {
        email: `${newId("user")}@example.com`,
        role: "viewer",
      });
      return { id, email, token: await tokenOf(maker, id) };
    };
    const ends = (attempt: Promise<unknown>) =>
      attempt.then(
        () => "done",
        (error) => error.code,
      );
    const inviter = await second.as("admin");
    const [ada, bob] = [await someone(), await someone()];
    const invited = async ({ id, email }: { id: string; email: string }) => {
      await addMember(inviter, { email, role: "viewer" });
      const [waiting] = await pendingInvitations(database(), id);
      return { id: waiting?.id ?? "", personId: id, requestId: "req_1" };
    };
    const [adas, bobs] = [await invited(ada), await invited(bob)];
    let late = Promise.resolve("");
    await database().transaction(async (tx) => {
      await acceptPending(tx, adas);
      late = ends(set(ada.token));
      await waitingForLock();
    });
    expect(await late).toBe("not_found");
    await database().transaction(async (tx) => {
      await setPasswordByLink(tx, { token: bob.token, password: after, requestId: "req_1" });
      late = ends(acceptPending(database(), bobs));
      await waitingForLock();
    });
    expect(await late).toBe("not_found");
  });

  test("outlives neither its maker's place nor role", async () => {
    const [ada, bob] = [await makeMember(), await makeMember()];
    const [leaving, lowered] = [await tenant.as("admin"), await tenant.as("admin")];
    const tokens = [await tokenOf(leaving, ada.id), await tokenOf(lowered, bob.id)];
    await removeMember(owner, userIdOf(leaving));
    await changeMemberRole(owner, userIdOf(lowered), "viewer");
    for (const token of tokens) await expect(set(token)).rejects.toMatchObject({ code: "not_found" });
  });

  test("leaves an address that nobody vouches for: what waits for its person needs that invitation's link", async () => {
    const ada = await makeMember();
    await addMember(await other.as("admin"), { email: ada.email, role: "viewer" });
    expect(await pendingInvitations(database(), ada.id)).toHaveLength(1);
    await set(await tokenOf(owner, ada.id));
    expect(await pendingInvitations(database(), ada.id)).toEqual([]);
  });
});
