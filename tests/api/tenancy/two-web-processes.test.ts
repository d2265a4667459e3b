import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeDatabase, database } from "#/db/client.ts";
import { signOutEverywhere } from "#/lib/tenancy/change-password.ts";
import { listSessions } from "#/lib/tenancy/sessions.ts";
import { httpApi } from "#/tests/support/http-api.ts";
import { startStack, type Stack } from "#/tests/support/processes.ts";
import { cookieHeader, signIn } from "#/tests/support/sign-in.ts";
import { greet, stackTenants, type StackTenant, type StackTenants } from "#/tests/support/stack-tenants.ts";
import { useDatabase } from "#/tests/support/tenants.ts";

let stack: Stack;
let tenants: StackTenants;
beforeAll(async () => {
  stack = await startStack({ webs: 2, workers: 0 });
  tenants = await stackTenants(stack);
  for (const tenant of tenants)
    await tenant.api().call("POST", "/workflows", { body: { slug: "greet", definition: greet } });
  useDatabase(stack.databaseUrl);
});
afterAll(async () => {
  await closeDatabase();
  await stack?.stop();
});

const webs = [0, 1] as const;
const baseUrl = (web: number) => stack.baseUrls[web] ?? "";
const memberOf = (tenant: StackTenant, role: string) => {
  const member = tenant.members.find((each) => each.role === role);
  if (!member) throw new Error(`the fixture has no ${role}`);
  return member;
};
/** A run that has not ended and will not: its event stream stays open for as long as its reader may read. */
const openRun = (tenant: StackTenant) => tenant.api().trigger("greet", { payload: { name: "Ada" }, delay: "1h" });

type As = { authorization: string } | { cookie: string };
type OpenStream = { ended: Promise<void>; hasEnded: () => boolean; close: () => Promise<void> };

async function openStream(web: number, tenant: StackTenant, runId: string, as: As): Promise<OpenStream> {
  const url = `${baseUrl(web)}/api/v1/runs/${runId}/events?workspace=${tenant.slug}`;
  const response = await fetch(url, { headers: { accept: "text/event-stream", ...as } });
  expect(response.status).toBe(200);
  const reader = response.body?.getReader();
  if (!reader) throw new Error("a stream has a body");
  await reader.read();
  let isOver = false;
  const ended = (async () => {
    while (!(await reader.read()).done);
    isOver = true;
  })();
  return { ended, hasEnded: () => isOver, close: () => reader.cancel() };
}

const statusOf = async (web: number, tenant: StackTenant, as: As, path = "/runs") =>
  (await fetch(`${baseUrl(web)}/api/v1${path}?workspace=${tenant.slug}`, { headers: as })).status;
const statuses = (tenant: StackTenant, as: As) => Promise.all(webs.map((web) => statusOf(web, tenant, as)));
const session = async (web: number, tenant: StackTenant, role: string) => ({
  cookie: cookieHeader(await signIn(baseUrl(web), memberOf(tenant, role))),
});

async function signOut(web: number, as: { cookie: string }): Promise<void> {
  const asked = await fetch(`${baseUrl(web)}/api/auth/csrf`, { headers: as });
  const { csrfToken } = (await asked.json()) as { csrfToken: string };
  await fetch(`${baseUrl(web)}/api/auth/signout`, {
    method: "POST",
    redirect: "manual",
    headers: { ...as, "content-type": "application/x-www-form-urlencoded", origin: baseUrl(web) },
    body: new URLSearchParams({ csrfToken, json: "true" }),
  });
}

describe("over two web processes", () => {
  test("removing a member ends sessions, keys that they made, and the open streams of both, in each process", async () => {
    const [tenant] = tenants;
    const admin = memberOf(tenant, "admin");
    const theirs = await session(0, tenant, "admin");
    const made = await fetch(`${baseUrl(1)}/api/v1/api-keys?workspace=${tenant.slug}`, {
      method: "POST",
      headers: { ...theirs, origin: baseUrl(1), "content-type": "application/json" },
      body: JSON.stringify({ name: "theirs", scopes: ["runs:read"] }),
    });
    const { secret } = (await made.json()) as { secret: string };
    const key = { authorization: `Bearer ${secret}` };
    const neighbour = await session(1, tenant, "viewer");
    expect([...(await statuses(tenant, theirs)), ...(await statuses(tenant, key))]).toEqual([200, 200, 200, 200]);
    const runId = await openRun(tenant);
    const ending = await Promise.all(
      webs.flatMap((web) => [openStream(web, tenant, runId, theirs), openStream(web, tenant, runId, key)]),
    );
    const staying = await Promise.all(webs.map((web) => openStream(web, tenant, runId, neighbour)));
    expect((await tenant.api(0).call("DELETE", `/members/${admin.id}`)).status).toBe(204);
    expect([...(await statuses(tenant, theirs)), ...(await statuses(tenant, key))]).toEqual([404, 404, 401, 401]);
    await Promise.all(ending.map(({ ended }) => ended));
    expect(staying.map((stream) => stream.hasEnded())).toEqual([false, false]);
    await Promise.all(staying.map((stream) => stream.close()));
    const again = await tenant.api(1).call("POST", "/members", { body: { email: admin.email, role: "admin" } });
    expect([again.status, again.body]).toEqual([201, { email: admin.email, role: "admin" }]);
    expect(await statuses(tenant, theirs)).toEqual([404, 404]);
    expect(await statuses(tenant, key)).toEqual([401, 401]);
  });

  test("revoking a key ends it and its streams in each process, and no other key's", async () => {
    const [, tenant] = tenants;
    const runId = await openRun(tenant);
    const reader = tenant.apiKeys.find(({ scopes }) => scopes.length === 1 && scopes[0] === "runs:read");
    const { body } = await tenant.api().call("POST", "/api-keys", { body: { name: "x", scopes: ["runs:read"] } });
    const [key, kept] = [body.secret, reader?.secret].map((secret) => ({ authorization: `Bearer ${secret}` }));
    if (!key || !kept) throw new Error("two keys");
    const ending = await Promise.all(webs.map((web) => openStream(web, tenant, runId, key)));
    const staying = await openStream(0, tenant, runId, kept);
    expect((await tenant.api(1).call("DELETE", `/api-keys/${body.id}`)).status).toBe(204);
    expect(await statuses(tenant, key)).toEqual([401, 401]);
    await Promise.all(ending.map(({ ended }) => ended));
    expect(staying.hasEnded()).toBe(false);
    await staying.close();
  });

  test("a key that expires while its stream is open loses it", async () => {
    const [, tenant] = tenants;
    const runId = await openRun(tenant);
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const { body } = await tenant
      .api()
      .call("POST", "/api-keys", { body: { name: "short", scopes: ["runs:read"], expiresAt } });
    const key = { authorization: `Bearer ${body.secret}` };
    const streams = await Promise.all(webs.map((web) => openStream(web, tenant, runId, key)));
    await database().execute(sql`update api_keys set expires_at = now() where id = ${body.id}`);
    await Promise.all(streams.map(({ ended }) => ended));
    expect(await statuses(tenant, key)).toEqual([401, 401]);
  });

  test("losing the role that a stream needs no more than it has keeps it; another role holds at once in each process", async () => {
    const [, , tenant] = tenants;
    const operator = memberOf(tenant, "operator");
    const theirs = await session(0, tenant, "operator");
    const stream = await openStream(1, tenant, await openRun(tenant), theirs);
    await tenant.api(0).call("PATCH", `/members/${operator.id}`, { body: { role: "viewer" } });
    for (const web of webs) {
      const url = `${baseUrl(web)}/api/v1/workflows/greet/runs?workspace=${tenant.slug}`;
      const headers = { ...theirs, origin: baseUrl(web), "content-type": "application/json" };
      expect((await fetch(url, { method: "POST", headers, body: "{}" })).status).toBe(403);
    }
    expect(stream.hasEnded()).toBe(false);
    await stream.close();
  });

  test("signing out in one ends the session and its streams in the other, and no other session", async () => {
    const [, , tenant] = tenants;
    const [leaving, staying] = [await session(0, tenant, "viewer"), await session(0, tenant, "viewer")];
    const stream = await openStream(1, tenant, await openRun(tenant), leaving);
    await signOut(0, leaving);
    expect([...(await statuses(tenant, leaving)), ...(await statuses(tenant, staying))]).toEqual([401, 401, 200, 200]);
    await stream.ended;
    const cookieIsTaken = await fetch(`${baseUrl(1)}/api/auth/session`, { headers: leaving });
    expect(await cookieIsTaken.json()).toEqual({});
  });

  test("signing out everywhere else ends the other sessions in each process and keeps the own", async () => {
    const [, , , tenant] = tenants;
    const viewer = memberOf(tenant, "viewer");
    const [first, second] = [await session(0, tenant, "viewer"), await session(1, tenant, "viewer")];
    const stream = await openStream(0, tenant, await openRun(tenant), first);
    const listed = await listSessions(database(), { userId: viewer.id, sessionId: "" });
    expect(listed).toHaveLength(2);
    const kept = { userId: viewer.id, sessionId: listed[0]?.id ?? "" };
    await signOutEverywhere(database(), kept, { keepThis: true, requestId: "req_1" });
    expect([...(await statuses(tenant, first)), ...(await statuses(tenant, second))]).toEqual([401, 401, 200, 200]);
    await stream.ended;
  });
});

describe("the sign-in throttle over two web processes", () => {
  let forms: { csrfToken: string; cookie: string }[];
  beforeAll(async () => {
    forms = await Promise.all(
      webs.map(async (web) => {
        const asked = await fetch(`${baseUrl(web)}/api/auth/csrf`);
        const cookie = asked.headers
          .getSetCookie()
          .map((text) => text.split(";")[0])
          .join("; ");
        return { cookie, csrfToken: ((await asked.json()) as { csrfToken: string }).csrfToken };
      }),
    );
  });
  let spoofed = 0;
  /** What the sign-in page is told: an error of next-auth's, a sentence of ours, or null when it worked. */
  const attempt = async (web: number, login: { email: string; password: string }) => {
    const form = forms[web];
    if (!form) throw new Error("no such web process");
    const answer = await fetch(`${baseUrl(web)}/api/auth/callback/credentials`, {
      method: "POST",
      redirect: "manual",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        cookie: form.cookie,
        origin: baseUrl(web),
        // Whatever a client says of itself, it is counted by its connection.
        "x-forwarded-for": `198.51.100.${(spoofed += 1)}`,
      },
      body: new URLSearchParams({ ...login, csrfToken: form.csrfToken, json: "true" }),
    });
    const { url } = (await answer.json()) as { url: string };
    return new URL(url).searchParams.get("error");
  };

  test("of 30 wrong passwords at once ten are looked at, all together, then one at a time; the right one gets in", async () => {
    const [, , , tenant] = tenants;
    const { email, password } = memberOf(tenant, "operator");
    const began = performance.now();
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, n) => attempt(n % 2, { email, password: `wrong ${n}` })),
    );
    const took = performance.now() - began;
    for (const error of answers) expect(error).toMatch(/^(CredentialsSignin|Too many .*)$/);
    // Behind ten, at least a quarter of a second each.
    expect(answers.filter((error) => error === "CredentialsSignin").length).toBeLessThanOrEqual(10 + took / 250);
    expect(await attempt(1, { email, password })).toBeNull();
    expect(await attempt(0, memberOf(tenant, "owner"))).toBeNull();
  });

  test("an unknown address is answered and throttled as a known one with a wrong password", async () => {
    const [, , , tenant] = tenants;
    const logins = [memberOf(tenant, "admin").email, "nobody@example.com"].map((email) => ({ email, password: "no" }));
    const told = await Promise.all(
      logins.map(async (login) => {
        const errors: (string | null)[] = [];
        for (let n = 0; n < 12; n += 1) errors.push(await attempt(n % 2, login));
        return errors;
      }),
    );
    expect(told[1]).toEqual(told[0]);
    expect(told[0]?.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => "CredentialsSignin"));
  });
});

describe("invitations over REST", () => {
  test("are made, listed with their state, resent and revoked; the link is in the answer only", async () => {
    const [, , , tenant] = tenants;
    const api = tenant.scoped("admin", 0);
    const body = { email: "grace@example.com", role: "operator" };
    const made = await api.call("POST", "/invitations", { body, headers: { "idempotency-key": "invite grace" } });
    expect(made).toMatchObject({
      status: 201,
      body: { ...body, state: "open", url: expect.stringMatching(/^\/invite\//) },
    });
    const again = await api.call("POST", "/invitations", { body, headers: { "idempotency-key": "invite grace" } });
    expect([again.headers.get("idempotent-replayed"), again.body]).toEqual(["true", made.body]);
    expect((await api.call("POST", "/invitations", { body })).body).toMatchObject({ status: 409, code: "conflict" });
    const page = await fetch(`${baseUrl(1)}${made.body.url}`);
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining("grace@example.com")]);
    const listed = await httpApi(baseUrl(1), tenant.apiKeys.find(({ scopes }) => scopes.length > 1)?.secret ?? "").call(
      "GET",
      "/invitations",
    );
    expect(listed.body.data).toMatchObject([{ id: made.body.id, state: "open" }]);
    expect(listed.text).not.toContain(made.body.url);
    const renewed = await api.call("POST", `/invitations/${made.body.id}/resend`);
    expect([renewed.status, renewed.body.url === made.body.url]).toEqual([200, false]);
    expect(await (await fetch(`${baseUrl(1)}${made.body.url}`)).text()).not.toContain("grace@example.com");
    expect((await api.call("DELETE", `/invitations/${made.body.id}`)).status).toBe(204);
    expect(await (await fetch(`${baseUrl(0)}${renewed.body.url}`)).text()).not.toContain("grace@example.com");
  });

  test.each([{ email: "x", role: "viewer" }, { email: "a@b.co", role: "king" }, { email: "a@b.co" }, {}])(
    "refuse %j",
    async (body) => {
      const [, , , tenant] = tenants;
      expect((await tenant.api().call("POST", "/invitations", { body })).status).toBe(400);
    },
  );
});

describe("wrong API keys", () => {
  test("from one address are told to wait, whatever it calls itself; right ones from there never are", async () => {
    const [tenant] = tenants;
    const ask = (key: string, n: number) =>
      fetch(`${baseUrl(1)}/api/v1/runs`, {
        headers: { authorization: `Bearer ${key}`, "x-forwarded-for": `198.51.100.${n}` },
      });
    const answers = [];
    for (let n = 0; n < 40; n += 1) answers.push(await ask(`rp_live_${String(n).padStart(43, "A")}`, n));
    expect([answers[0]?.status, answers.at(-1)?.status]).toEqual([401, 429]);
    expect(Number(answers.at(-1)?.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await answers.at(-1)?.json()).toMatchObject({ code: "too_many_requests" });
    const right = tenant.apiKeys.find(({ scopes }) => scopes.length > 1)?.secret ?? "";
    expect((await ask(right, 1)).status).toBe(200);
  });
});
