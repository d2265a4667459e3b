import { expect, test } from "vitest";
import { rawClient } from "#/db/client.ts";
import type { Json } from "#/lib/contract/json.ts";
import { createApiKey } from "#/lib/tenancy/create-api-key.ts";
import { push } from "#/tests/support/engine.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { restApi } from "#/tests/support/rest.ts";
import { createTenant } from "#/tests/support/tenants.ts";

ownDatabase();
const api = restApi();

const branch = { required: ["q"], properties: { n: { $ref: "#" } } };
const nested = (depth: number): Json => (depth === 0 ? {} : { n: nested(depth - 1) });

test("payloads that take long to judge hold few connections, also under idempotency keys", async () => {
  const tenant = await createTenant();
  const { secret: key } = await createApiKey(tenant.system, { name: "all", scopes: ["admin", "runs:write"] });
  const nodes = [{ id: "one", type: "transform", value: 1 }];
  await push(tenant.system, "slow", { name: "slow", input: { anyOf: [branch, branch] }, nodes });
  let ended = 0;
  const sending = Array.from({ length: 6 }, (_, n) =>
    api
      .call("POST", "/workflows/slow/runs", {
        key,
        headers: { "idempotency-key": `k${n}` },
        body: { payload: nested(9) },
      })
      .finally(() => ended++),
  );
  const idling = async () => {
    const [row] = await rawClient()<{ count: number }[]>`select count(*)::int as count from pg_stat_activity
      where datname = current_database() and state = 'idle in transaction'`;
    return row?.count ?? 0;
  };
  let most = 0;
  while (ended < 1) most = Math.max(most, await idling());
  expect(most).toBe(4);
  for (const { status, problem } of await Promise.all(sending))
    expect([status, problem.code]).toEqual([422, "payload_invalid"]);
}, 60_000);
