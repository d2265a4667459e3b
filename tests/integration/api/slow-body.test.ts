import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, expect, test } from "vitest";
import { allOperations } from "#/lib/api/operations/all.ts";
import { apiServer } from "#/lib/api/serve-api.ts";
import { trustedForMs } from "#/lib/api/serve-operation.ts";
import { changeMemberRole } from "#/lib/tenancy/change-member-role.ts";
import { createApiKey } from "#/lib/tenancy/create-api-key.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { listApiKeys } from "#/lib/tenancy/list-api-keys.ts";
import { removeMember } from "#/lib/tenancy/remove-member.ts";
import { revokeApiKey } from "#/lib/tenancy/revoke-api-key.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { restApi, sessionCookie, testHost } from "#/tests/support/rest.ts";
import { createTenant, type Tenant } from "#/tests/support/tenants.ts";

ownDatabase();
const serve = apiServer(allOperations);
let tenant: Tenant;
beforeAll(async () => {
  tenant = await createTenant();
});

const userIdOf = (ctx: Ctx) => (ctx.actor.kind === "user" ? ctx.actor.userId : "");

/** Sends the beginning of `POST /api-keys`, does `meanwhile` once it was read, waits, and sends the rest. */
async function sendSlowly(query: string, headers: Record<string, string>, meanwhile: () => Promise<unknown>) {
  const body = JSON.stringify({ name: "late", scopes: ["runs:read"] });
  const parts = [body.slice(0, 5), body.slice(5)];
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (parts.length === 1) {
          await meanwhile();
          await sleep(trustedForMs + 50);
        }
        const part = parts.shift();
        if (part === undefined) controller.close();
        else controller.enqueue(new TextEncoder().encode(part));
      },
    },
    { highWaterMark: 0 },
  );
  const url = `http://${testHost}/api/v1/api-keys${query}`;
  const sent = { method: "POST", headers: { host: testHost, "content-type": "application/json", ...headers } };
  const answer = await serve(new Request(url, { ...sent, body: stream, duplex: "half" } as RequestInit));
  return [answer.status, ((await answer.json()) as { code?: string }).code];
}

const lateKeys = async () =>
  (await listApiKeys(tenant.system, { limit: 100, after: null })).data.filter(({ name }) => name === "late").length;

test("a key that is revoked while it sends a body changes nothing", async () => {
  const { id, secret } = await createApiKey(tenant.system, { name: "slow", scopes: ["admin", "runs:read"] });
  const headers = { authorization: `Bearer ${secret}` };
  expect(await sendSlowly("", headers, async () => {})).toEqual([201, undefined]);
  expect(await lateKeys()).toBe(1);
  const revoke = () => revokeApiKey(tenant.system, id);
  expect(await sendSlowly("", headers, revoke)).toEqual([401, "unauthenticated"]);
  expect(await lateKeys()).toBe(1);
});

test("nor does a member who is lowered or removed meanwhile", async () => {
  const before = await lateKeys();
  for (const [change, answer] of [
    [(id: string) => changeMemberRole(tenant.system, id, "operator"), [403, "forbidden"]],
    [(id: string) => removeMember(tenant.system, id), [404, "not_found"]],
  ] as const) {
    const userId = userIdOf(await tenant.as("admin"));
    const headers = { cookie: await sessionCookie({ userId }), origin: `http://${testHost}` };
    expect(await sendSlowly(`?workspace=${tenant.workspace.slug}`, headers, () => change(userId))).toEqual(answer);
  }
  expect(await lateKeys()).toBe(before);
});

test("a key that is used as it should be needs no second look", async () => {
  const { secret } = await createApiKey(tenant.system, { name: "quick", scopes: ["admin", "runs:read"] });
  const { status } = await restApi().call("POST", "/api-keys", {
    key: secret,
    body: { name: "late", scopes: ["runs:read"] },
  });
  expect(status).toBe(201);
});
