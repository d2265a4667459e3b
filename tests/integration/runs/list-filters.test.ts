import { afterAll, beforeAll, expect, test } from "vitest";
import { RunListRequest } from "#/lib/contract/run.ts";
import { stopQueue } from "#/lib/queue/boss.ts";
import { cancelRun } from "#/lib/runs/cancel-run.ts";
import { countMatchingRuns, listRuns } from "#/lib/runs/list-runs.ts";
import { submitReplay } from "#/lib/replay/submit-replay.ts";
import { triggerRun } from "#/lib/runs/trigger-run.ts";
import { push } from "#/tests/support/engine.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { createTenant, type Tenant } from "#/tests/support/tenants.ts";

ownDatabase();
let tenant: Tenant;
let other: Tenant;
const names = new Map<string, string>();
const definition = (name: string) => ({ name, nodes: [{ id: "only", type: "transform", value: 1 }] });

async function trigger(name: string, slug: string, request: object, at = tenant): Promise<string> {
  const run = await triggerRun(at.system, slug, request, "api");
  names.set(run.id, name);
  return run.id;
}

beforeAll(async () => {
  [tenant, other] = [await createTenant(), await createTenant()];
  for (const slug of ["refunds", "triage", "digest"]) await push(tenant.system, slug, definition(slug));
  await push(other.system, "refunds", definition("refunds"));
  const first = await trigger("first", "refunds", { tags: ["vip", "nightly"] });
  await trigger("second", "triage", { tags: ["vip"], environment: "staging" });
  await trigger("third", "digest", { tags: ["slow"], environment: "development" });
  await trigger("fourth", "refunds", {});
  await trigger("theirs", "refunds", { tags: ["vip"], environment: "staging" }, other);
  await cancelRun(tenant.system, first);
  const replay = await submitReplay(tenant.system, first, {});
  names.set(replay.id, "replay");
});
afterAll(stopQueue);

test.each<[object, string[]]>([
  [{ workflow: ["refunds"] }, ["replay", "fourth", "first"]],
  [{ workflow: ["refunds", "triage"] }, ["replay", "fourth", "second", "first"]],
  [{ workflow: ["triage", "unknown"] }, ["second"]],
  [{ workflow: ["unknown"] }, []],
  [{ tag: ["vip"] }, ["replay", "second", "first"]],
  [{ tag: ["slow", "nightly"] }, ["replay", "third", "first"]],
  [{ tag: ["vip", "vip"] }, ["replay", "second", "first"]],
  [{ environment: ["staging", "development"] }, ["third", "second"]],
  [{ mode: ["original"] }, ["fourth", "third", "second", "first"]],
  [{ mode: ["as_is", "model"] }, ["replay"]],
  [{ mode: ["original", "as_is"] }, ["replay", "fourth", "third", "second", "first"]],
  [{ status: ["cancelled", "failed"] }, ["first"]],
  [{ status: ["pending"], workflow: ["refunds", "digest"], tag: ["vip", "slow"], mode: ["original"] }, ["third"]],
  [{ workflow: [], tag: [], environment: [], mode: [], status: [], q: "refunds" }, ["replay", "fourth", "first"]],
])("%j finds the runs that have any value of each filter", async (query, expected) => {
  const { limit: _, ...filter } = RunListRequest.parse(query);
  const { data } = await listRuns(tenant.system, { filter, limit: 20, after: null });
  expect(data.map(({ id }) => names.get(id))).toEqual(expected);
  expect(await countMatchingRuns(tenant.system, filter)).toEqual({ count: expected.length, more: false });
});

test("page by page across several workflows, each run once and newest first", async () => {
  const { limit: _, ...filter } = RunListRequest.parse({ workflow: ["refunds", "triage", "digest"] });
  const seen: (string | undefined)[] = [];
  for (let after = null as { createdAt: string; id: string } | null; ;) {
    const { data, next } = await listRuns(tenant.system, { filter, limit: 2, after });
    seen.push(...data.map(({ id }) => names.get(id)));
    if (!next) break;
    after = next;
  }
  expect(seen).toEqual(["replay", "fourth", "third", "second", "first"]);
});
