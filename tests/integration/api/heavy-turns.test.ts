import { expect, test } from "vitest";
import { z } from "zod";
import { operation } from "#/lib/api/operation.ts";
import { apiServer } from "#/lib/api/serve-api.ts";
import { createApiKey } from "#/lib/tenancy/create-api-key.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { createTenant } from "#/tests/support/tenants.ts";

ownDatabase();

/** Two operations that are under way until they are let go; `heavy` says so of itself. */
function stage() {
  const underWay: string[] = [];
  let letGo = () => {};
  const over = new Promise<void>((resolve) => (letGo = resolve));
  const of = (name: string, isHeavy: boolean) =>
    operation({
      ...{ method: "POST", path: `/${name}`, id: name, tag: "Test", summary: name, action: "run:trigger", isHeavy },
      body: z.object({ who: z.string() }),
      answers: { 200: z.object({}) },
      handle: async ({ body }) => {
        underWay.push(`${name} ${body.who}`);
        await over;
        return { status: 200, body: {} };
      },
    });
  const serve = apiServer([of("heavy", true), of("light", false)]);
  const send = (secret: string, name: string, who: string, key?: string) =>
    serve(
      new Request(`http://x/api/v1/${name}`, {
        method: "POST",
        body: JSON.stringify({ who }),
        headers: {
          authorization: `Bearer ${secret}`,
          "content-type": "application/json",
          ...(key === undefined ? {} : { "idempotency-key": key }),
        },
      }),
    );
  return { underWay, send, letGo: () => letGo() };
}

test("heavy operations of a workspace take turns, with and without a key; light ones and other workspaces do not wait", async () => {
  const { underWay, send, letGo } = stage();
  const secretOf = async () =>
    (await createApiKey((await createTenant()).system, { name: "all", scopes: ["runs:write"] })).secret;
  const [secret, other] = [await secretOf(), await secretOf()];
  const first = send(secret, "heavy", "first");
  await expect.poll(() => underWay).toEqual(["heavy first"]);
  const more = [
    send(secret, "heavy", "second"),
    send(secret, "heavy", "keyed", "k"),
    send(secret, "light", "light"),
    send(other, "heavy", "other"),
  ];
  await expect.poll(() => underWay.toSorted()).toEqual(["heavy first", "heavy other", "light light"]);
  letGo();
  for (const answer of await Promise.all([first, ...more])) expect(answer.status).toBe(200);
  expect(underWay).toHaveLength(5);
});
