import { afterAll, beforeAll, expect, test } from "vitest";
import { createApiKey } from "#/lib/tenancy/create-api-key.ts";
import { finished } from "#/tests/support/engine.ts";
import { openStage, tenantOf, type Stage } from "#/tests/support/replay-stage.ts";
import { restApi } from "#/tests/support/rest.ts";
import type { Tenant } from "#/tests/support/tenants.ts";

const most = 1000;
const counted = (count: number) => Array.from({ length: count }, (_, index) => index);

let stage: Stage;
let tenant: Tenant;
let send: (
  method: "POST" | "PUT" | "GET",
  path: string,
  body?: unknown,
) => ReturnType<ReturnType<typeof restApi>["call"]>;
beforeAll(async () => {
  stage = await openStage();
  tenant = await tenantOf(stage);
  const scopes = ["runs:read", "runs:write", "replays:write", "workflows:write"] as const;
  const { secret: key } = await createApiKey(tenant.system, { name: "k", scopes: [...scopes] });
  const api = restApi();
  send = (method, path, body) => api.call(method, path, { key, body });
});
afterAll(() => stage?.close());

/** A chain of nodes, as many as a version may have. */
const chain = (prefix: string) =>
  counted(most).map((n) => ({
    ...{ id: `${prefix}${n}`, type: "transform", value: n },
    needs: n === 0 ? [] : [`${prefix}${n - 1}`],
  }));
const flow = (...nodes: object[]) => ({ name: "flow", nodes });
const pairsOf = (count: number) => Object.fromEntries(counted(count).map((n) => [`old${n}`, `new${n}`]));

test("a version may have 1000 nodes, those inside of maps included, and no more", async () => {
  const map = {
    id: "map",
    type: "map",
    over: [1],
    as: "x",
    nodes: chain("n")
      .slice(1)
      .map((node) => ({ ...node, needs: [] })),
  };
  const full = flow(map);
  expect((await send("POST", "/workflows", { slug: "full", definition: full })).status).toBe(201);
  const refused = await send("POST", "/workflows/full/versions", {
    definition: flow(map, { id: "more", type: "transform", value: 1 }),
  });
  expect(refused.problem).toMatchObject({ status: 422, code: "workflow_invalid" });
  expect(refused.problem.errors).toEqual([{ path: "nodes", message: expect.stringContaining("at most 1000") }]);
});

test("1000 renamed nodes: 1000 pairs are saved and applied, 1001 are 422", async () => {
  const created = await send("POST", "/workflows", { slug: "big", definition: flow(...chain("old")) });
  expect(created.status).toBe(201);
  const source = await send("POST", "/workflows/big/runs", { payload: {} });
  expect((await finished(tenant.system, source.body.id, 60_000)).status).toBe("completed");
  const pushed = await send("POST", "/workflows/big/versions", { definition: flow(...chain("new")) });
  expect([pushed.status, pushed.body.version]).toEqual([201, 2]);
  const request = { targetVersion: 2 };
  const unmapped = await send("POST", `/runs/${source.body.id}/replay`, request);
  expect(unmapped.problem).toMatchObject({ status: 409, code: "nodes_unmapped" });

  const mapping = { workflow: "big", from: 1, to: 2, visibility: "shared" };
  const saved = await send("PUT", "/node-mappings", { ...mapping, pairs: pairsOf(most) });
  const accepted = await send("POST", `/runs/${source.body.id}/replay`, request);
  expect([saved.status, saved.body.revision, accepted.status]).toEqual([200, 1, 202]);
  const replay = await finished(tenant.system, accepted.body.id, 60_000);
  expect([replay.status, replay.version, replay.steps]).toEqual(["completed", 2, most]);

  const pairs = { ...pairsOf(most), more: null };
  for (const answer of [
    await send("PUT", "/node-mappings", { ...mapping, pairs }),
    await send("POST", `/runs/${source.body.id}/replay`, { ...request, nodeMapping: pairs }),
  ])
    expect(answer.problem).toMatchObject({ status: 422, code: "mapping_invalid" });
});
