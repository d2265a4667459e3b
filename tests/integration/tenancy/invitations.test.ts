import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { database } from "#/db/client.ts";
import { roles, type Role } from "#/lib/contract/access.ts";
import type { InvitationCreated } from "#/lib/contract/person.ts";
import { newId } from "#/lib/core/ids.ts";
import {
  acceptAsNewPerson,
  acceptAsSignedIn,
  acceptPending,
  pendingInvitations,
  readInvitation,
} from "#/lib/tenancy/accept-invitation.ts";
import { addMember } from "#/lib/tenancy/add-member.ts";
import { provisionMember } from "#/lib/tenancy/provision-member.ts";
import { changeMemberRole } from "#/lib/tenancy/change-member-role.ts";
import { createInvitation } from "#/lib/tenancy/create-invitation.ts";
import { createPasswordLink } from "#/lib/tenancy/create-password-link.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { declineByLink, declinePending } from "#/lib/tenancy/decline-invitation.ts";
import { listAuditEvents } from "#/lib/tenancy/list-audit-events.ts";
import { listInvitations } from "#/lib/tenancy/list-invitations.ts";
import { listMembers } from "#/lib/tenancy/list-members.ts";
import { workspacesOfUser } from "#/lib/tenancy/list-workspaces.ts";
import { removeMember } from "#/lib/tenancy/remove-member.ts";
import { resendInvitation } from "#/lib/tenancy/resend-invitation.ts";
import { revokeInvitation } from "#/lib/tenancy/revoke-invitation.ts";
import { readPasswordLink } from "#/lib/tenancy/set-password-by-link.ts";
import { provisionUser, userByIdentity, userByPassword } from "#/lib/tenancy/users.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { createTenant, type Tenant } from "#/tests/support/tenants.ts";

ownDatabase();
let tenant: Tenant;
let other: Tenant;
let admin: Ctx;
beforeAll(async () => {
  [tenant, other] = await Promise.all([createTenant(), createTenant()]);
  admin = await tenant.as("admin");
});

const all = { limit: 100, after: null };
const password = "correct horse battery";
const newEmail = () => `${newId("user")}@example.com`;
const tokenOf = ({ url }: InvitationCreated) => url.split("/").at(-1) ?? "";
const userIdOf = (ctx: Ctx) => (ctx.actor.kind === "user" ? ctx.actor.userId : "");
const acceptNew = (token: string) =>
  acceptAsNewPerson(database(), { token, name: "Grace", password, requestId: "req_1" });
const acceptAs = (token: string, person: { id: string; email: string }) =>
  acceptAsSignedIn(database(), { token, person, requestId: "req_1" });
const acceptIt = (id: string, personId: string) => acceptPending(database(), { id, personId, requestId: "req_1" });
const stateOf = async (id: string, ctx: Ctx = admin) =>
  (await listInvitations(ctx, all)).data.find((each) => each.id === id)?.state;
const memberOf = async (email: string, ctx: Ctx = tenant.system) =>
  (await listMembers(ctx, all)).data.find((member) => member.email === email);

describe("an invitation", () => {
  test("makes somebody new a member with name and password, once", async () => {
    const email = newEmail();
    const made = await createInvitation(admin, { email: ` ${email.toUpperCase()} `, role: "operator" });
    expect(made).toMatchObject({ email, role: "operator", state: "open", invitedBy: userIdOf(admin) });
    expect(Date.parse(made.expiresAt) - Date.parse(made.createdAt)).toBe(7 * 24 * 3_600_000);
    const token = tokenOf(made);
    expect(await readInvitation(database(), token)).toEqual({
      workspaceSlug: tenant.workspace.slug,
      workspaceName: tenant.workspace.name,
      email,
      role: "operator",
      name: null,
      known: false,
    });
    expect(await acceptNew(token)).toEqual({ email, workspaceSlug: tenant.workspace.slug });
    expect(await memberOf(email)).toMatchObject({ role: "operator", name: "Grace" });
    expect(await userByPassword(database(), email, password)).toMatchObject({ email });
    expect(await stateOf(made.id)).toBe("accepted");
    await expect(acceptNew(token)).rejects.toMatchObject({ code: "not_found" });
    expect(await readInvitation(database(), token)).toBeNull();
  });

  test("is stored as a hash: the token is in the answer and nowhere else", async () => {
    const made = await createInvitation(admin, { email: newEmail(), role: "viewer" });
    const stored = await database().execute(sql`
      select i::text as row from invitations i union all select a::text from audit_events a`);
    for (const text of [JSON.stringify(stored), JSON.stringify(await listInvitations(admin, all))])
      expect(text).not.toContain(tokenOf(made));
  });

  test("is accepted by an existing person who is signed in with its address, and by nobody else", async () => {
    const known = await provisionUser(database(), { email: newEmail(), name: "Ada", password: null });
    const stranger = await provisionUser(database(), { email: newEmail(), name: "Eve", password: null });
    const made = await createInvitation(admin, { email: known.email, role: "viewer" });
    const token = tokenOf(made);
    expect(await readInvitation(database(), token)).toMatchObject({ known: true });
    await expect(acceptNew(token)).rejects.toMatchObject({ code: "conflict" });
    await expect(acceptAs(token, stranger)).rejects.toMatchObject({ code: "forbidden" });
    expect(await stateOf(made.id)).toBe("open");
    await acceptAs(token, known);
    expect(await memberOf(known.email)).toMatchObject({ id: known.id, name: "Ada", role: "viewer" });
    expect(await userByPassword(database(), known.email, password)).toBeNull();
  });

  test("of two who open it at once, one gets in", async () => {
    for (let round = 0; round < 5; round += 1) {
      const made = await createInvitation(admin, { email: newEmail(), role: "viewer" });
      const results = await Promise.allSettled([acceptNew(tokenOf(made)), acceptNew(tokenOf(made))]);
      expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    }
  });

  test("does not raise or lower who has become a member meanwhile", async () => {
    const known = await provisionUser(database(), { email: newEmail(), name: "Ada", password: null });
    const made = await createInvitation(admin, { email: known.email, role: "viewer" });
    await provisionMember(tenant.system, { email: known.email, role: "operator" });
    await acceptAs(tokenOf(made), known);
    expect(await memberOf(known.email)).toMatchObject({ role: "operator" });
  });

  test("that is revoked, expired, replaced or no token at all opens nothing", async () => {
    const [revoked, expired, replaced] = await Promise.all(
      [1, 2, 3].map(() => createInvitation(admin, { email: newEmail(), role: "viewer" })),
    );
    if (!revoked || !expired || !replaced) throw new Error("three were made");
    await revokeInvitation(admin, revoked.id);
    await database().execute(sql`update invitations set expires_at = now() where id = ${expired.id}`);
    const renewed = await resendInvitation(admin, replaced.id);
    for (const token of [revoked, expired, replaced].map(tokenOf).concat("", "x", "\u0000", "A".repeat(43))) {
      expect(await readInvitation(database(), token)).toBeNull();
      await expect(acceptNew(token)).rejects.toMatchObject({ code: "not_found" });
    }
    expect([await stateOf(revoked.id), await stateOf(expired.id), await stateOf(replaced.id)]).toEqual([
      "revoked",
      "expired",
      "open",
    ]);
    await acceptNew(tokenOf(renewed));
  });

  test("an expired one can be resent, or made anew; an open one can not be made twice", async () => {
    const email = newEmail();
    const invite = () => createInvitation(admin, { email, role: "viewer" });
    const made = await invite();
    await expect(invite()).rejects.toMatchObject({ code: "conflict" });
    await database().execute(sql`update invitations set expires_at = now() where id = ${made.id}`);
    await resendInvitation(admin, made.id);
    expect(await stateOf(made.id)).toBe("open");
    await database().execute(sql`update invitations set expires_at = now() where id = ${made.id}`);
    const again = await invite();
    expect([await stateOf(made.id), await stateOf(again.id)]).toEqual(["revoked", "open"]);
    const racing = newEmail();
    const both = [1, 2].map(() => createInvitation(admin, { email: racing, role: "viewer" }));
    expect((await Promise.allSettled(both)).map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });

  test("accepted or revoked, it is not resent; accepted, it is not revoked; revoking twice is one act", async () => {
    const [used, ended] = [
      await createInvitation(admin, { email: newEmail(), role: "viewer" }),
      await createInvitation(admin, { email: newEmail(), role: "viewer" }),
    ];
    await acceptNew(tokenOf(used));
    for (let time = 0; time < 2; time += 1) await revokeInvitation(admin, ended.id);
    for (const { id } of [used, ended])
      await expect(resendInvitation(admin, id)).rejects.toMatchObject({ code: "conflict" });
    await expect(revokeInvitation(admin, used.id)).rejects.toMatchObject({ code: "conflict" });
    const { data } = await listAuditEvents(tenant.system, { filter: { target: ended.id }, ...all });
    expect(data.map(({ action }) => action)).toEqual(["invitation.revoked", "invitation.created"]);
  });

  test("leaves one audit row for each act, acceptance in the name of who accepted", async () => {
    const fresh = await createTenant();
    const owner = await fresh.as("owner");
    const made = await createInvitation(owner, { email: newEmail(), role: "viewer" });
    const renewed = await resendInvitation(owner, made.id);
    await acceptNew(tokenOf(renewed));
    const member = await memberOf(made.email, fresh.system);
    const { data } = await listAuditEvents(fresh.system, { filter: {}, ...all });
    expect(data.slice(0, 3).map(({ action, actor, target }) => [action, actor.id, target])).toEqual([
      ["invitation.accepted", member?.id, member?.id],
      ["invitation.resent", userIdOf(owner), made.id],
      ["invitation.created", userIdOf(owner), made.id],
    ]);
  });
});

describe("who may invite", () => {
  const mayInvite: [Role, Role[]][] = [
    ["viewer", []],
    ["operator", []],
    ["admin", ["viewer", "operator", "admin"]],
    ["owner", ["viewer", "operator", "admin", "owner"]],
  ];
  test.each(mayInvite)("%s: %j", async (role, givable) => {
    const ctx = await tenant.as(role);
    for (const to of roles) {
      const attempt = createInvitation(ctx, { email: newEmail(), role: to });
      if (givable.includes(to)) await expect(attempt).resolves.toMatchObject({ role: to });
      else await expect(attempt).rejects.toMatchObject({ code: "forbidden" });
    }
  });

  test("an admin cannot give the invitation of an owner a new link", async () => {
    const made = await createInvitation(await tenant.as("owner"), { email: newEmail(), role: "owner" });
    await expect(resendInvitation(admin, made.id)).rejects.toMatchObject({ code: "forbidden" });
  });

  test("a member is not invited, and another tenant's invitations are not found, listed or changed", async () => {
    const member = await tenant.as("viewer");
    const email = member.actor.kind === "user" ? member.actor.email : "";
    await expect(createInvitation(admin, { email, role: "viewer" })).rejects.toMatchObject({ code: "conflict" });
    const made = await createInvitation(admin, { email: newEmail(), role: "viewer" });
    const stranger = await other.as("owner");
    for (const act of [revokeInvitation, resendInvitation])
      await expect(act(stranger, made.id)).rejects.toMatchObject({ code: "not_found" });
    expect((await listInvitations(stranger, all)).data).toEqual([]);
    expect(await stateOf(made.id)).toBe("open");
  });

  test("an invitation outlives nobody's right to make it: removed or lowered, it opens nothing", async () => {
    const [leaving, lowered] = [await tenant.as("admin"), await tenant.as("admin")];
    const [a, b] = [
      await createInvitation(leaving, { email: newEmail(), role: "admin" }),
      await createInvitation(lowered, { email: newEmail(), role: "viewer" }),
    ];
    await removeMember(admin, userIdOf(leaving));
    await changeMemberRole(admin, userIdOf(lowered), "operator");
    expect(await stateOf(a.id)).toBe("revoked");
    for (const made of [a, b]) {
      expect(await readInvitation(database(), tokenOf(made))).toBeNull();
      await expect(acceptNew(tokenOf(made))).rejects.toMatchObject({ code: "not_found" });
    }
    const renewed = await resendInvitation(admin, b.id);
    await acceptNew(tokenOf(renewed));
  });
});

describe("an address that nobody vouches for", () => {
  /** An admin elsewhere who takes an address by inviting it and opening the link. */
  const squatted = async () => {
    const email = newEmail();
    const made = await createInvitation(await other.as("admin"), { email, role: "viewer" });
    await acceptNew(tokenOf(made));
    return email;
  };

  test("cannot be added to another workspace without its owner's act", async () => {
    const email = await squatted();
    await addMember(admin, { email, role: "admin" });
    const squatter = await userByPassword(database(), email, password);
    expect(await pendingInvitations(database(), squatter?.id ?? "")).toEqual([]);
    const [waiting] = (await listInvitations(admin, all)).data.filter((each) => each.email === email);
    await expect(acceptIt(waiting?.id ?? "", squatter?.id ?? "")).rejects.toMatchObject({ code: "not_found" });
    expect(await memberOf(email)).toBeUndefined();
  });

  test("means somebody else in each account: the next invitation reaches its owner, and neither sees the other's", async () => {
    const email = await squatted();
    const made = await createInvitation(admin, { email, role: "operator" });
    expect(await readInvitation(database(), tokenOf(made))).toMatchObject({ known: false });
    const token = tokenOf(made);
    const own = "the owner's own password";
    await acceptAsNewPerson(database(), { token, name: "Bob", password: own, requestId: "req_1" });
    const [squatter, bob] = [
      await userByPassword(database(), email, password),
      await userByPassword(database(), email, own),
    ];
    expect(await memberOf(email)).toMatchObject({ id: bob?.id, name: "Bob", role: "operator" });
    const workspaces = async (id = "") => (await workspacesOfUser(database(), id)).map(({ slug }) => slug);
    expect(await workspaces(bob?.id)).toEqual([tenant.workspace.slug]);
    expect(await workspaces(squatter?.id)).toEqual([other.workspace.slug]);
    expect(await userByPassword(database(), email, "another password")).toBeNull();
    const owner = await tenant.as("owner");
    await createPasswordLink(owner, bob?.id ?? "");
    await expect(createPasswordLink(owner, squatter?.id ?? "")).rejects.toMatchObject({ code: "not_found" });
  });

  test("means one person in one account: another link of it is for them, and of two at once one makes the user", async () => {
    const second = await createTenant(other.workspace.accountId);
    const email = await squatted();
    const again = await createInvitation(await second.as("admin"), { email, role: "viewer" });
    expect(await readInvitation(database(), tokenOf(again))).toMatchObject({ known: true });
    await expect(acceptNew(tokenOf(again))).rejects.toMatchObject({ code: "conflict" });
    const fresh = newEmail();
    const links = await Promise.all(
      [other, second].map(async (each) => createInvitation(await each.as("admin"), { email: fresh, role: "viewer" })),
    );
    const both = await Promise.allSettled(links.map((link) => acceptNew(tokenOf(link))));
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });

  test("can be joined with by who has it, with the link; the newest user is meant where passwords are the same", async () => {
    const email = await squatted();
    const known = await userByPassword(database(), email, password);
    const made = await createInvitation(admin, { email, role: "viewer" });
    await acceptAs(tokenOf(made), { id: known?.id ?? "", email });
    expect(await memberOf(email)).toMatchObject({ id: known?.id });
    const third = await createTenant();
    await acceptNew(tokenOf(await createInvitation(await third.as("admin"), { email, role: "viewer" })));
    const meant = await userByPassword(database(), email, password);
    expect((await workspacesOfUser(database(), meant?.id ?? "")).map(({ slug }) => slug)).toEqual([
      third.workspace.slug,
    ]);
  });

  test("is nobody's once somebody vouches for it: then every invitation is for that person", async () => {
    const email = await squatted();
    await provisionMember(tenant.system, { email, role: "viewer" });
    expect(await memberOf(email)).not.toMatchObject({ name: "Grace" });
    const third = await createTenant();
    const made = await createInvitation(await third.as("admin"), { email, role: "viewer" });
    expect(await readInvitation(database(), tokenOf(made))).toMatchObject({ known: true });
    await expect(acceptNew(tokenOf(made))).rejects.toMatchObject({ code: "conflict" });
    expect(await pendingInvitations(database(), (await memberOf(email))?.id ?? "")).toHaveLength(1);
  });

  test("belongs to who an identity provider vouches for: the password of who came first opens nothing", async () => {
    const email = await squatted();
    const before = await userByPassword(database(), email, password);
    const identity = { provider: "oidc", subject: newId("user"), email, emailVerified: true };
    const owner = await userByIdentity(database(), identity);
    expect(owner).toMatchObject({ id: before?.id, sessionVersion: (before?.sessionVersion ?? 0) + 1 });
    expect(await userByPassword(database(), email, password)).toBeNull();
    await addMember(admin, { email, role: "viewer" });
    expect(await userByIdentity(database(), identity)).toEqual(owner);
    expect(await pendingInvitations(database(), owner?.id ?? "")).toHaveLength(1);
  });
});

describe("declining an invitation", () => {
  const decline = (token: string) => declineByLink(database(), { token, requestId: "req_1" });
  const declineIt = (id: string, personId: string) => declinePending(database(), { id, personId, requestId: "req_1" });

  test("ends its link at once, for whoever has it; the workspace is told, and not by whom", async () => {
    const email = newEmail();
    const made = await createInvitation(admin, { email, role: "viewer" });
    await decline(tokenOf(made));
    expect(await readInvitation(database(), tokenOf(made))).toBeNull();
    for (const act of [acceptNew, decline])
      await expect(act(tokenOf(made))).rejects.toMatchObject({ code: "not_found" });
    const row = (await listInvitations(admin, all)).data.find(({ id }) => id === made.id);
    expect(row).toMatchObject({ state: "declined", declinedAt: expect.any(String), revokedAt: null });
    const { data } = await listAuditEvents(tenant.system, { filter: { target: made.id }, ...all });
    expect(data.map(({ action, actor }) => [action, actor.id])).toEqual([
      ["invitation.declined", null],
      ["invitation.created", userIdOf(admin)],
    ]);
    await expect(resendInvitation(admin, made.id)).rejects.toMatchObject({ code: "conflict" });
    await revokeInvitation(admin, made.id);
    expect(await stateOf(made.id)).toBe("declined");
    await acceptNew(tokenOf(await createInvitation(admin, { email, role: "viewer" })));
  });

  test("by the person that it waits for, and by nobody else", async () => {
    const [known, stranger] = [
      await provisionUser(database(), { email: newEmail(), name: "Ada", password: null }),
      await provisionUser(database(), { email: newEmail(), name: "Eve", password: null }),
    ];
    await addMember(admin, { email: known.email, role: "viewer" });
    const [waiting] = await pendingInvitations(database(), known.id);
    const id = waiting?.id ?? "";
    await expect(declineIt(id, stranger.id)).rejects.toMatchObject({ code: "not_found" });
    await declineIt(id, known.id);
    expect(await pendingInvitations(database(), known.id)).toEqual([]);
    await expect(acceptIt(id, known.id)).rejects.toMatchObject({ code: "not_found" });
    await expect(declineIt(id, known.id)).rejects.toMatchObject({ code: "not_found" });
  });

  test("that is accepted, revoked, expired or unknown declines nothing; of accepting and declining at once one holds", async () => {
    const [used, revoked, expired, racing] = await Promise.all(
      [1, 2, 3, 4].map(() => createInvitation(admin, { email: newEmail(), role: "viewer" })),
    );
    if (!used || !revoked || !expired || !racing) throw new Error("four were made");
    await acceptNew(tokenOf(used));
    await revokeInvitation(admin, revoked.id);
    await database().execute(sql`update invitations set expires_at = now() where id = ${expired.id}`);
    for (const token of [used, revoked, expired].map(tokenOf).concat("", "x", "A".repeat(43)))
      await expect(decline(token)).rejects.toMatchObject({ code: "not_found" });
    const both = await Promise.allSettled([acceptNew(tokenOf(racing)), decline(tokenOf(racing))]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });
});

describe("adding a member by email", () => {
  const makeKnown = () => provisionUser(database(), { email: newEmail(), name: "Ada Elsewhere", password: null });
  const waitingFor = async (email: string) =>
    (await listInvitations(admin, all)).data.find((each) => each.email === email)?.id ?? "";

  test("answers what was sent and nothing else, whether or not the address is known; twice is a conflict", async () => {
    const known = await makeKnown();
    for (const email of [known.email, newEmail()]) {
      const sent = { email: ` ${email.toUpperCase()}`, role: "operator" } as const;
      expect(await addMember(admin, sent)).toEqual({ email, role: "operator" });
      await expect(addMember(admin, { ...sent, name: "x" })).rejects.toMatchObject({ code: "conflict" });
      expect(await memberOf(email)).toBeUndefined();
    }
    const named = { email: newEmail(), name: "Grace", role: "viewer" } as const;
    expect(await addMember(admin, named)).toEqual(named);
    const shown = JSON.stringify([await listInvitations(admin, all), await listMembers(tenant.system, all)]);
    for (const secret of [known.id, known.name]) expect(shown).not.toContain(secret);
  });

  test("counts for nothing before the person accepts: no workspace of theirs, no rule about them", async () => {
    const known = await makeKnown();
    await provisionMember(other.system, { email: known.email, role: "operator" });
    const owner = await other.as("owner");
    const before = await createPasswordLink(owner, known.id);
    await addMember(admin, { email: known.email, role: "admin" });
    expect(await readPasswordLink(database(), before.url.split("/").at(-1) ?? "")).toMatchObject({
      email: known.email,
    });
    await createPasswordLink(owner, known.id);
    expect((await workspacesOfUser(database(), known.id)).map(({ slug }) => slug)).toEqual([other.workspace.slug]);
  });

  test("the person sees it and joins; nobody else does, and of two at once one gets in", async () => {
    const [known, stranger] = [await makeKnown(), await makeKnown()];
    await addMember(admin, { email: known.email, role: "operator" });
    const id = await waitingFor(known.email);
    expect(await pendingInvitations(database(), known.id)).toEqual([
      { id, workspaceName: tenant.workspace.name, role: "operator" },
    ]);
    expect(await pendingInvitations(database(), stranger.id)).toEqual([]);
    for (const [which, who] of [
      [id, stranger.id],
      ["inv_x", known.id],
      [id, "usr_x"],
    ] as const)
      await expect(acceptIt(which, who)).rejects.toMatchObject({ code: "not_found" });
    const both = await Promise.allSettled([acceptIt(id, known.id), acceptIt(id, known.id)]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await memberOf(known.email)).toMatchObject({ id: known.id, name: "Ada Elsewhere", role: "operator" });
    expect(await pendingInvitations(database(), known.id)).toEqual([]);
  });

  test("ends with who asked, when it is revoked, and when it is too old", async () => {
    const leaving = await tenant.as("admin");
    const ends: ((id: string) => Promise<unknown>)[] = [
      (id) => revokeInvitation(admin, id),
      (id) => database().execute(sql`update invitations set expires_at = now() where id = ${id}`),
      () => removeMember(admin, userIdOf(leaving)),
    ];
    for (const end of ends) {
      const known = await makeKnown();
      await addMember(leaving, { email: known.email, role: "viewer" });
      const id = await waitingFor(known.email);
      await end(id);
      expect(await pendingInvitations(database(), known.id)).toEqual([]);
      await expect(acceptIt(id, known.id)).rejects.toMatchObject({ code: "not_found" });
    }
  });

  test("lets somebody new in through an identity provider, in no workspace before they accept", async () => {
    const email = newEmail();
    const visit = (address: string, emailVerified = true) =>
      userByIdentity(database(), { provider: "oidc", subject: newId("user"), email: address, emailVerified });
    await addMember(admin, { email, name: "Grace", role: "viewer" });
    expect(await visit(email, false)).toBeNull();
    expect(await visit(newEmail())).toBeNull();
    const person = await visit(email);
    expect(person).toMatchObject({ email, name: "Grace" });
    expect(await workspacesOfUser(database(), person?.id ?? "")).toEqual([]);
    await acceptIt(await waitingFor(email), person?.id ?? "");
    expect(await memberOf(email)).toMatchObject({ name: "Grace", role: "viewer" });
  });

  test("can be answered with a link that is made for it later, by somebody new", async () => {
    const email = newEmail();
    await addMember(admin, { email, name: "Grace", role: "viewer" });
    const token = tokenOf(await resendInvitation(admin, await waitingFor(email)));
    expect(await readInvitation(database(), token)).toMatchObject({ name: "Grace", known: false });
    await acceptNew(token);
    expect(await memberOf(email)).toMatchObject({ role: "viewer" });
  });
});
