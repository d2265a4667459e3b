import { beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { database } from "#/db/client.ts";
import { linkAction, personAction } from "#/lib/api/person-action.ts";
import { newId } from "#/lib/core/ids.ts";
import { endSession } from "#/lib/tenancy/sessions.ts";
import { provisionUser } from "#/lib/tenancy/users.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { sessionCookie } from "#/tests/support/rest.ts";

ownDatabase();
/** What Next gives to a server action: the headers and cookies of its request. */
const incoming = vi.hoisted(() => ({ headers: new Headers(), cookies: {} as Record<string, string> }));
vi.mock("next/headers", () => ({
  headers: async () => incoming.headers,
  cookies: async () => ({ getAll: () => Object.entries(incoming.cookies).map(([name, value]) => ({ name, value })) }),
}));

const own = { host: "a.test", origin: "http://a.test" };
beforeEach(() => {
  incoming.headers = new Headers(own);
  incoming.cookies = {};
});
const calls: string[] = [];
const text = z.strictObject({ text: z.string().max(5) });
const mine = personAction(text, async ({ user, session, address }, input) => {
  calls.push(input.text);
  return { email: user.email, sessionId: session.sessionId, address };
});
const anybodys = linkAction(text, async ({ address, requestId }, input) => {
  calls.push(input.text);
  return { address, requestId };
});

async function signIn() {
  const user = await provisionUser(database(), { email: `${newId("user")}@example.com`, name: "Ada", password: null });
  const sessionId = newId("session");
  const [name = "", value = ""] = (await sessionCookie({ userId: user.id, sessionId })).split(/=(.*)/s);
  incoming.cookies = { [name]: value };
  return { user, sessionId };
}

describe("actions of no workspace", () => {
  const foreign: Record<string, string>[] = [
    { host: "a.test" },
    { host: "a.test", origin: "null" },
    { host: "a.test", origin: "https://evil.example" },
    { host: "a.test", origin: "https://evil.example", "x-forwarded-host": "evil.example" },
  ];
  test.each(foreign)("nothing is done for a page that is not ours: %j", async (headers) => {
    await signIn();
    incoming.headers = new Headers(headers);
    for (const act of [mine, anybodys])
      expect(await act({ text: "a" })).toMatchObject({ ok: false, problem: { status: 403, code: "forbidden" } });
    expect(calls).toEqual([]);
  });

  test("a person's needs a session that lasts, and is told whose it is", async () => {
    expect(await mine({ text: "a" })).toMatchObject({ ok: false, problem: { code: "unauthenticated" } });
    const { user, sessionId } = await signIn();
    incoming.headers = new Headers({ ...own, "x-forwarded-for": "198.51.100.1, 203.0.113.7" });
    const data = { email: user.email, sessionId, address: "203.0.113.7" };
    expect(await mine({ text: "a" })).toEqual({ ok: true, data });
    await endSession(database(), { userId: user.id, sessionId });
    expect(await mine({ text: "a" })).toMatchObject({ ok: false, problem: { code: "unauthenticated" } });
  });

  test("a link's needs none; what does not fit the schema is refused before it", async () => {
    calls.length = 0;
    expect(await anybodys({ text: "a" })).toMatchObject({ ok: true, data: { address: "" } });
    for (const input of [{ text: "too long" }, { text: 1 }, {}, { text: "a", more: 1 }, null] as never[])
      expect(await anybodys(input)).toMatchObject({ ok: false, problem: { code: "validation_failed" } });
    expect(calls).toEqual(["a"]);
  });
});
