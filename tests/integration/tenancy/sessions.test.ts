import { sql } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { database } from "#/db/client.ts";
import { newId } from "#/lib/core/ids.ts";
import { dropAgedAccess } from "#/lib/tenancy/aged-access.ts";
import { changePassword, signOutEverywhere } from "#/lib/tenancy/change-password.ts";
import { listAuditEvents } from "#/lib/tenancy/list-audit-events.ts";
import { endSession, listSessions, startSession, userOfSession } from "#/lib/tenancy/sessions.ts";
import { provisionMember } from "#/lib/tenancy/provision-member.ts";
import { provisionUser, userByPassword, type SessionUser } from "#/lib/tenancy/users.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { createTenant } from "#/tests/support/tenants.ts";

ownDatabase();

const first = "correct horse battery";
const second = "another long password";
const makeUser = (password: string | null = first) =>
  provisionUser(database(), { email: `${newId("user")}@example.com`, name: "Ada", password });
const begin = async (user: SessionUser, agent: string | null = null) => ({
  userId: user.id,
  sessionId: await startSession(database(), user, agent),
});
const isLive = async (session: { userId: string; sessionId: string }) =>
  (await userOfSession(database(), session)) !== null;
const change = (session: { userId: string; sessionId: string }, current: string, next: string) =>
  changePassword(database(), session, { current, next, address: newId("request"), requestId: "req_1" });

describe("sessions", () => {
  test("hold until they are ended, each for itself, and only for their own user", async () => {
    const [ada, bob] = [await makeUser(null), await makeUser(null)];
    const [one, two] = [await begin(ada), await begin(ada)];
    expect(await isLive({ userId: bob.id, sessionId: one.sessionId })).toBe(false);
    await endSession(database(), { userId: bob.id, sessionId: one.sessionId });
    expect(await isLive(one)).toBe(true);
    await endSession(database(), one);
    await endSession(database(), one);
    expect([await isLive(one), await isLive(two)]).toEqual([false, true]);
  });

  test("are listed newest first with the browser they began in; ended and expired ones are not", async () => {
    const ada = await makeUser(null);
    const [ended, old, mine] = [
      await begin(ada),
      await begin(ada),
      await begin(ada, `Firefox\u0000${"x".repeat(999)}`),
    ];
    await endSession(database(), ended);
    await database().execute(sql`update sessions set expires_at = now() where id = ${old.sessionId}`);
    const listed = await listSessions(database(), mine);
    expect(listed).toMatchObject([
      { id: mine.sessionId, current: true, userAgent: expect.stringMatching(/^Firefoxx+$/) },
    ]);
    expect(listed[0]?.userAgent).toHaveLength(300);
    expect(await isLive(old)).toBe(false);
    await dropAgedAccess(database());
    const rows = await database().execute(sql`select id from sessions where user_id = ${ada.id}`);
    expect(rows.map(({ id }) => id)).toEqual([mine.sessionId]);
  });

  test("a sign-in that was checked before everything was ended gives no session", async () => {
    const ada = await makeUser(null);
    const mine = await begin(ada);
    await signOutEverywhere(database(), mine, { keepThis: true, requestId: "req_1" });
    const late = await begin(ada);
    expect([await isLive(mine), await isLive(late)]).toEqual([true, false]);
  });

  test("signing out everywhere ends all of them, with or without the one that asks; each workspace's log is told once", async () => {
    const [tenant, other] = await Promise.all([createTenant(), createTenant()]);
    const ada = await makeUser(null);
    for (const { system } of [tenant, other]) await provisionMember(system, { email: ada.email, role: "viewer" });
    const sessions = [await begin(ada), await begin(ada), await begin(ada)];
    const [mine] = sessions;
    if (!mine) throw new Error("no session");
    const live = () => Promise.all(sessions.map(isLive));
    await signOutEverywhere(database(), mine, { keepThis: true, requestId: "req_1" });
    expect(await live()).toEqual([true, false, false]);
    await signOutEverywhere(database(), mine, { keepThis: false, requestId: "req_2" });
    expect(await live()).toEqual([false, false, false]);
    for (const { system } of [tenant, other]) {
      const filter = { action: "member.signed_out_everywhere" };
      const { data } = await listAuditEvents(system, { filter, limit: 10, after: null });
      expect(data.map(({ actor, target, requestId }) => [actor.id, target, requestId])).toEqual([
        [ada.id, ada.id, "req_2"],
        [ada.id, ada.id, "req_1"],
      ]);
    }
  });

  test("a session that has ended is not revived by being the one to keep", async () => {
    const ada = await makeUser(null);
    const [mine, other] = [await begin(ada), await begin(ada)];
    await signOutEverywhere(database(), other, { keepThis: true, requestId: "req_1" });
    await signOutEverywhere(database(), mine, { keepThis: true, requestId: "req_2" });
    expect([await isLive(mine), await isLive(other)]).toEqual([false, false]);
  });
});

describe("changing the own password", () => {
  test("ends the other sessions, keeps this one, and the old password opens nothing", async () => {
    const ada = await makeUser();
    const [mine, other] = [await begin(ada), await begin(ada)];
    await change(mine, first, second);
    expect([await isLive(mine), await isLive(other)]).toEqual([true, false]);
    expect(await userByPassword(database(), ada.email, first)).toBeNull();
    expect(await userByPassword(database(), ada.email, second)).toMatchObject({ id: ada.id });
  });

  test("needs the current one; guesses are throttled as sign-ins are", async () => {
    const ada = await makeUser();
    const mine = await begin(ada);
    const guess = (current: string) =>
      changePassword(database(), mine, { current, next: second, address: "203.0.113.77", requestId: "req_1" });
    for (let n = 0; n < 10; n += 1)
      await expect(guess(`wrong ${n}`)).rejects.toMatchObject({ fields: [{ path: "body.current" }] });
    // As if the last of them were to come: then no turn comes in time.
    await database().execute(sql`update sign_in_tries set failed_at = clock_timestamp() + interval '1 minute'`);
    await expect(guess("wrong again")).rejects.toMatchObject({ code: "too_many_requests" });
    expect(await userByPassword(database(), ada.email, first)).toMatchObject({ id: ada.id });
    expect(await isLive(mine)).toBe(true);
  });

  test("is not for who signs in through an identity provider", async () => {
    const ada = await makeUser(null);
    await expect(change(await begin(ada), "", second)).rejects.toMatchObject({ code: "conflict" });
  });

  test("of two changes at once one holds, and the other is told", async () => {
    const ada = await makeUser();
    const [one, two] = [await begin(ada), await begin(ada)];
    const results = await Promise.allSettled([change(one, first, second), change(two, first, "a third long password")]);
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect([await isLive(one), await isLive(two)].filter(Boolean)).toHaveLength(1);
  });
});
