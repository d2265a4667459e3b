import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { database } from "#/db/client.ts";
import type { Operation } from "#/lib/api/operation.ts";
import { allOperations } from "#/lib/api/operations/all.ts";
import { apiServer } from "#/lib/api/serve-api.ts";
import { roles, scopes, type Role, type Scope } from "#/lib/contract/access.ts";
import { Reprise, type RepriseError } from "#/lib/sdk/client.ts";
import { createApiKey } from "#/lib/tenancy/create-api-key.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { isPermitted, permissions } from "#/lib/tenancy/permissions.ts";
import { removeMember } from "#/lib/tenancy/remove-member.ts";
import { revokeApiKey } from "#/lib/tenancy/revoke-api-key.ts";
import { endSession } from "#/lib/tenancy/sessions.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { restApi, sessionCookie, testHost } from "#/tests/support/rest.ts";
import { createTenant, type Tenant } from "#/tests/support/tenants.ts";

ownDatabase();
let tenant: Tenant;
let api: ReturnType<typeof restApi>;
beforeAll(async () => {
  [tenant, api] = [await createTenant(), restApi()];
});

const own = `http://${testHost}`;
/** A path of the operation whose ids exist nowhere. */
const pathOf = ({ path }: Operation) =>
  path
    .replace("{version}", "1")
    .replace("{name}", "production")
    .replace(/\{\w+\}/g, "nowhere");
const bodyOf = ({ method }: Operation) => (method === "GET" || method === "DELETE" ? {} : { body: {} });
const keyWith = async (...held: Scope[]) =>
  (await createApiKey(tenant.system, { name: held.join(), scopes: held })).secret;
const userIdOf = (ctx: Ctx) => (ctx.actor.kind === "user" ? ctx.actor.userId : "");

describe("every operation", () => {
  test.each(allOperations.map((operation) => [operation.id, operation] as const))(
    "%s needs a valid key",
    async (_id, operation) => {
      const other = `rp_live_${"A".repeat(43)}`;
      for (const headers of [
        {},
        { authorization: `Bearer ${other}` },
        { authorization: "Bearer x" },
        { authorization: "Basic eDp4" },
      ]) {
        const { status, problem, headers: sent } = await api.call(operation.method, pathOf(operation), { headers });
        expect([status, problem.code]).toEqual([401, "unauthenticated"]);
        expect(sent.get("content-type")).toBe("application/problem+json");
        expect(sent.get("request-id")).toBe(problem.requestId);
        expect(sent.get("www-authenticate")).toContain("Bearer");
      }
    },
  );

  test.each(scopes)(
    "a key with only the scope %s may do what the table of permissions says, and no more",
    async (scope) => {
      const key = await keyWith(scope);
      for (const operation of allOperations) {
        const { problem } = await api.call(operation.method, pathOf(operation), { key, ...bodyOf(operation) });
        const allowed = (permissions[operation.action].scopes as readonly Scope[]).includes(scope);
        expect(`${operation.id} ${problem?.code === "forbidden"}`).toBe(`${operation.id} ${!allowed}`);
      }
    },
  );

  test.each(roles)("a signed-in %s may do what the table of permissions says, and no more", async (role: Role) => {
    const member = await tenant.as(role);
    const cookie = await sessionCookie({ userId: userIdOf(member) });
    for (const operation of allOperations) {
      const path = `${pathOf(operation)}?workspace=${tenant.workspace.slug}`;
      const { problem } = await api.call(operation.method, path, { cookie, origin: own, ...bodyOf(operation) });
      expect(`${operation.id} ${problem?.code === "forbidden"}`).toBe(
        `${operation.id} ${!isPermitted(member.actor, operation.action)}`,
      );
    }
  });
});

describe("a session", () => {
  let cookie: string;
  let path: string;
  beforeAll(async () => {
    const admin = await tenant.as("admin");
    cookie = await sessionCookie({ userId: userIdOf(admin) });
    path = `/prompts?workspace=${tenant.workspace.slug}`;
  });
  const prompt = () => ({ name: `p ${Math.random()}`, text: "x" });

  test("reads without an Origin, and changes nothing without our own", async () => {
    expect((await api.call("GET", path, { cookie })).status).toBe(200);
    const before = (await api.call("GET", path, { cookie })).body.data.length;
    for (const sent of [
      {},
      { origin: "https://evil.example" },
      { origin: "null" },
      { origin: `http://${testHost}.evil.example` },
    ]) {
      const { status, problem } = await api.call("POST", path, { cookie, body: prompt(), ...sent });
      expect([status, problem.code]).toEqual([403, "forbidden"]);
    }
    const spoofed = { origin: "https://evil.example", headers: { "x-forwarded-host": "evil.example" } };
    expect((await api.call("POST", path, { cookie, body: prompt(), ...spoofed })).status).toBe(403);
    expect((await api.call("GET", path, { cookie })).body.data.length).toBe(before);
    expect((await api.call("POST", path, { cookie, body: prompt(), origin: own })).status).toBe(201);
  });

  test("names its workspace; one that is not the user's looks like one that does not exist", async () => {
    const other = await createTenant();
    expect((await api.call("GET", "/prompts", { cookie })).problem).toMatchObject({
      status: 400,
      errors: [{ path: "query.workspace" }],
    });
    const foreign = await api.call("GET", `/prompts?workspace=${other.workspace.slug}`, { cookie });
    const unknown = await api.call("GET", "/prompts?workspace=nowhere", { cookie });
    expect([foreign.status, foreign.problem.detail]).toEqual([404, unknown.problem.detail]);
    expect((await api.call("GET", "/prompts?workspace=%00", { cookie })).status).toBe(404);
  });

  test("that is forged, ended, signed out or encrypted under another secret is nobody's", async () => {
    const userId = userIdOf(await tenant.as("admin"));
    const [old, out, foreign] = await Promise.all([
      sessionCookie({ userId, userVersion: 0 }),
      sessionCookie({ userId, sessionId: "ses_out" }),
      sessionCookie({ userId }).then((text) => text.slice(0, -8) + "AAAAAAAA"),
    ]);
    await endSession(database(), { userId, sessionId: "ses_out" });
    for (const bad of [old, out, foreign, "next-auth.session-token=x", "next-auth.session-token=", "a=b"])
      expect((await api.call("GET", path, { cookie: bad })).status).toBe(401);
    const ended = await sessionCookie({ userId });
    expect((await api.call("GET", path, { cookie: ended })).status).toBe(200);
    await database().execute(sql`update users set session_version = session_version + 1 where id = ${userId}`);
    expect((await api.call("GET", path, { cookie: ended })).status).toBe(401);
  });

  test("ends with the membership", async () => {
    const userId = userIdOf(await tenant.as("operator"));
    const member = await sessionCookie({ userId });
    expect((await api.call("GET", path, { cookie: member })).status).toBe(200);
    await removeMember(tenant.system, userId);
    expect((await api.call("GET", path, { cookie: member })).status).toBe(404);
  });

  test("does not help a request that sends a bad key", async () => {
    expect((await api.call("GET", path, { cookie, key: "rp_live_wrong" })).status).toBe(401);
  });
});

describe("a page of another origin", () => {
  const origin = "https://dashboard.example";
  const allowed = ({ headers }: { headers: Headers }) =>
    [...headers].filter(([name]) => /^access-control-allow-(origin|credentials)$/.test(name));

  test("reads what a key may read, and why a key is refused", async () => {
    const key = await keyWith("runs:read");
    for (const [sent, path, status] of [
      [key, "/runs", 200],
      [key, "/api-keys", 403],
      [key, "/runs/nowhere", 404],
      ["rp_live_wrong", "/runs", 401],
    ] as const) {
      const answer = await api.call("GET", path, { key: sent, origin });
      expect([path, answer.status, allowed(answer)]).toEqual([path, status, [["access-control-allow-origin", "*"]]]);
    }
  });

  test("reads nothing that a session may read", async () => {
    const cookie = await sessionCookie({ userId: userIdOf(await tenant.as("admin")) });
    for (const path of ["/prompts", "/api-keys", "/nowhere"]) {
      const answer = await api.call("GET", `${path}?workspace=${tenant.workspace.slug}`, { cookie, origin });
      expect([path, allowed(answer)]).toEqual([path, []]);
    }
  });
});

describe("an API key", () => {
  test("names its workspace: ?workspace= cannot point it elsewhere", async () => {
    const other = await createTenant();
    const key = await keyWith("admin");
    const { secret } = await createApiKey(other.system, { name: "theirs", scopes: ["admin"] });
    const mine = await api.call("GET", `/api-keys?workspace=${other.workspace.slug}&limit=100`, { key });
    const theirs = await api.call("GET", "/api-keys", { key: secret });
    expect(theirs.body.data.map((entry: { name: string }) => entry.name)).toEqual(["theirs"]);
    expect(mine.text).not.toContain("theirs");
  });

  test("makes no key that may do what it may not, over REST and the SDK, and none that outlives it", async () => {
    const ends = new Date(Date.now() + 3_600_000).toISOString();
    const { secret: key } = await createApiKey(tenant.system, {
      name: "maker",
      scopes: ["admin", "runs:read"],
      expiresAt: ends,
    });
    const serve = apiServer(allOperations);
    const sdk = new Reprise({
      apiKey: key,
      baseUrl: own,
      fetch: (url, init) => serve(new Request(url, init)),
    });
    const outcomes = async (body: object) => {
      const rest = await api.call("POST", "/api-keys", { key, body });
      const bySdk = await sdk.request("POST", "/api-keys", { body }).then(
        () => [201, undefined],
        (error: RepriseError) => [error.status, error.code],
      );
      expect(bySdk).toEqual([rest.status, rest.problem.code]);
      return [rest.status, rest.problem.detail];
    };
    for (const scope of scopes) {
      const given = scope === "admin" || scope === "runs:read";
      const detail = given ? undefined : `A key can only grant scopes that it has. This one lacks ${scope}.`;
      expect(await outcomes({ name: scope, scopes: [scope], expiresAt: ends })).toEqual([given ? 201 : 403, detail]);
    }
    for (const expiresAt of [undefined, new Date(Date.parse(ends) + 1).toISOString()])
      expect(await outcomes({ name: "long", scopes: ["runs:read"], ...(expiresAt && { expiresAt }) })).toEqual([
        403,
        `A key cannot create one that outlives it. Set expiresAt to ${ends} or earlier.`,
      ]);
  });

  test("declines an invitation of another workspace by its link, once, and withdraws its own workspace's", async () => {
    const [inviting, key] = [await createTenant(), await keyWith("admin")];
    const theirs = (await createApiKey(inviting.system, { name: "theirs", scopes: ["admin"] })).secret;
    const invite = async (email: string) =>
      (await api.call("POST", "/invitations", { key: theirs, body: { email, role: "viewer" } })).body;
    const stateOf = async (id: string) =>
      (await api.call("GET", "/invitations", { key: theirs })).body.data.find((one: { id: string }) => one.id === id)
        ?.state;
    const made = await invite("declines@example.com");
    const decline = (token: string) => api.call("POST", "/invitations/decline", { key, body: { token } });
    const token = made.url.split("/").at(-1);
    expect((await decline(token)).status).toBe(204);
    expect((await decline(token)).problem).toMatchObject({ status: 404, code: "not_found" });
    expect(await stateOf(made.id)).toBe("declined");
    const other = await invite("withdrawn@example.com");
    expect((await api.call("DELETE", `/invitations/${other.id}`, { key })).status).toBe(404);
    expect((await api.call("DELETE", `/invitations/${other.id}`, { key: theirs })).status).toBe(204);
    expect((await decline(other.url.split("/").at(-1))).status).toBe(404);
    expect(await stateOf(other.id)).toBe("revoked");
  });

  test("that is revoked is refused at once", async () => {
    const { id, secret } = await createApiKey(tenant.system, { name: "x", scopes: ["runs:read"] });
    expect((await api.call("GET", "/runs", { key: secret })).status).toBe(200);
    await revokeApiKey(tenant.system, id);
    expect((await api.call("GET", "/runs", { key: secret })).status).toBe(401);
  });
});
