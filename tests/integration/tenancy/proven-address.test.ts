import { describe, expect, test } from "vitest";
import { database } from "#/db/client.ts";
import type { Role } from "#/lib/contract/access.ts";
import { newId } from "#/lib/core/ids.ts";
import { acceptAsNewPerson, readInvitation } from "#/lib/tenancy/accept-invitation.ts";
import { createApiKey } from "#/lib/tenancy/create-api-key.ts";
import { createInvitation } from "#/lib/tenancy/create-invitation.ts";
import { createPasswordLink } from "#/lib/tenancy/create-password-link.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { listAuditEvents } from "#/lib/tenancy/list-audit-events.ts";
import { listMembers } from "#/lib/tenancy/list-members.ts";
import { workspacesOfUser } from "#/lib/tenancy/list-workspaces.ts";
import { insertMember } from "#/lib/tenancy/member-store.ts";
import { resolveApiKey } from "#/lib/tenancy/resolve-api-key.ts";
import { startSession, userOfSession } from "#/lib/tenancy/sessions.ts";
import { readPasswordLink } from "#/lib/tenancy/set-password-by-link.ts";
import { userByIdentity, userByPassword, type SessionUser } from "#/lib/tenancy/users.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { createTenant, type Tenant } from "#/tests/support/tenants.ts";

ownDatabase();
const all = { limit: 100, after: null };
const newEmail = () => `${newId("user")}@example.com`;
const tokenOf = (url: string) => url.split("/").at(-1) ?? "";
const asUser = ({ system }: Tenant, { id, email, name }: SessionUser, role: Role): Ctx => ({
  ...system,
  actor: { kind: "user", userId: id, email, name, role },
});

describe("an identity provider that vouches for an address of several users", () => {
  const comeBy = async (workspace: Tenant, email: string, role: Role, own: string) => {
    const { url } = await createInvitation(await workspace.as("owner"), { email, role });
    await acceptAsNewPerson(database(), { token: tokenOf(url), name: own, password: own, requestId: "req_1" });
    return (await userByPassword(database(), email, own)) as SessionUser;
  };
  const signIn = (email: string, subject = newId("user")) =>
    userByIdentity(database(), { provider: "oidc", subject, email, emailVerified: true });
  const slugsOf = async (id: string) => (await workspacesOfUser(database(), id)).map(({ slug }) => slug).toSorted();
  const proofs = async (of: Tenant) =>
    (await listAuditEvents(of.system, { filter: { action: "member.address_proven" }, ...all })).data;

  test.each(["before", "after"])(
    "an account that made one of them %s its owner came leads nobody away",
    async (when) => {
      const [victims, attackers] = [await createTenant(), await createTenant()];
      const email = newEmail();
      const order = when === "before" ? [attackers, victims] : [victims, attackers];
      const users = new Map<Tenant, SessionUser>();
      for (const each of order)
        users.set(
          each,
          await comeBy(each, email, each === victims ? "owner" : "viewer", `the password ${each.workspace.id}`),
        );
      const sessions = await Promise.all(
        [...users.values()].map(async (user) => ({
          userId: user.id,
          sessionId: await startSession(database(), user, null),
        })),
      );
      const [kept] = [...users.values()];
      const link = await createPasswordLink(await order[0]!.as("owner"), kept!.id);
      const key = await createApiKey(asUser(victims, users.get(victims)!, "owner"), {
        name: "x",
        scopes: ["runs:read"],
      });
      const subject = newId("user");
      const person = await signIn(email, subject);
      expect(person).toMatchObject({ id: kept!.id, email });
      expect(await slugsOf(person!.id)).toEqual(order.map(({ workspace }) => workspace.slug).toSorted());
      expect(await signIn(email, subject)).toEqual(person);
      expect(await signIn(email)).toEqual(person);
      for (const session of sessions) expect(await userOfSession(database(), session)).toBeNull();
      for (const { id } of [attackers, victims].map(({ workspace }) => workspace))
        expect(await userByPassword(database(), email, `the password ${id}`)).toBeNull();
      expect(await readPasswordLink(database(), tokenOf(link.url))).toBeNull();
      for (const each of order) {
        const [member] = (await listMembers(each.system, all)).data.filter((one) => one.email === email);
        expect(member).toMatchObject({ id: person!.id, role: each === victims ? "owner" : "viewer" });
        await expect(createPasswordLink(await each.as("owner"), person!.id)).rejects.toMatchObject({
          code: "forbidden",
        });
        const was = users.get(each)!.id;
        expect(await proofs(each)).toMatchObject([{ target: person!.id, details: was === person!.id ? {} : { was } }]);
      }
      expect((await resolveApiKey(database(), key.secret))?.actor).toMatchObject({ createdBy: person!.id });
      const again = await createInvitation(await (await createTenant()).as("owner"), { email, role: "viewer" });
      expect(await readInvitation(database(), tokenOf(again.url))).toMatchObject({ known: true });
    },
  );

  test("in a workspace of two of them the person has the higher role, and two first sign-ins at once make one", async () => {
    const [one, two] = [await createTenant(), await createTenant()];
    const email = newEmail();
    const first = await comeBy(one, email, "viewer", "password number one");
    await comeBy(two, email, "admin", "password number two");
    await insertMember(database(), { workspaceId: two.workspace.id, userId: first.id, role: "viewer" });
    const both = await Promise.all([signIn(email), signIn(email)]);
    expect(both[1]).toEqual(both[0]);
    expect((await listMembers(two.system, all)).data.filter((member) => member.email === email)).toMatchObject([
      { id: both[0]?.id, role: "admin" },
    ]);
  });
});
