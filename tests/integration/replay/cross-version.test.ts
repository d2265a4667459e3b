import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { database } from "#/db/client.ts";
import type { ReplayRequest } from "#/lib/contract/replay.ts";
import { deleteNodeMapping } from "#/lib/replay/delete-node-mapping.ts";
import { getNodeMappings } from "#/lib/replay/get-node-mappings.ts";
import { preflightReplay } from "#/lib/replay/preflight-replay.ts";
import { putNodeMapping } from "#/lib/replay/put-node-mapping.ts";
import { submitReplay } from "#/lib/replay/submit-replay.ts";
import { listSteps } from "#/lib/runs/list-steps.ts";
import { namesOf } from "#/lib/tenancy/actor-names.ts";
import { memberOf, type Ctx } from "#/lib/tenancy/ctx.ts";
import { listAuditEvents } from "#/lib/tenancy/list-audit-events.ts";
import { compareTwoRuns } from "#/lib/traces/compare-runs.ts";
import { finished, push } from "#/tests/support/engine.ts";
import { openStage, recorded, replayed, tenantOf, type Stage } from "#/tests/support/replay-stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());
beforeEach(() => stage.shop.forget());

const get = (id: string, needs: string[] = []) => ({
  id,
  type: "tool",
  needs,
  http: { method: "GET", url: `{{ env.SHOP }}/${id}` },
});
const post = (id: string, needs: string[] = []) => ({
  id,
  type: "tool",
  needs,
  http: { method: "POST", url: "{{ env.SHOP }}/pay", body: { n: 1 } },
});
const sum = (id: string, needs: string[]) => ({ id, type: "transform", needs, value: 1 });
const flow = (...nodes: object[]) => ({ name: "flow", nodes });

/** A finished run of version 1 and a version 2 in which two of its nodes have other ids. */
async function scene() {
  const tenant = await tenantOf(stage);
  const run = await recorded(
    tenant.system,
    "flow",
    flow(get("lookup_order"), post("refund_order", ["lookup_order"]), sum("end", ["refund_order"])),
  );
  await push(
    tenant.system,
    "flow",
    flow(get("fetch_order"), post("pay_back", ["fetch_order"]), sum("end", ["pay_back"])),
    true,
  );
  stage.shop.forget();
  return { tenant, run };
}

const pairs = { lookup_order: "fetch_order", refund_order: "pay_back" };
const message = (count: number) => `${count} renamed node(s) need mapping before this cross-version replay can run.`;
const v2: ReplayRequest = { targetVersion: 2 };
const pair = { workflow: "flow", from: 1, to: 2 };
const save = (ctx: Ctx, visibility: "private" | "shared", saved: Record<string, string | null> = pairs) =>
  putNodeMapping(ctx, { ...pair, visibility, pairs: saved });

describe("onto a version with renamed nodes", () => {
  test("is refused until every one of them is mapped", async () => {
    const { tenant, run } = await scene();
    for (const [nodeMapping, open] of [
      [undefined, ["lookup_order", "refund_order"]],
      [{}, ["lookup_order", "refund_order"]],
      [{ lookup_order: "fetch_order" }, ["refund_order"]],
    ] as const)
      for (const request of [
        { ...v2, nodeMapping },
        { targetVersion: "latest", nodeMapping },
      ] as ReplayRequest[])
        await expect(submitReplay(tenant.system, run.id, request)).rejects.toMatchObject({
          code: "nodes_unmapped",
          message: message(open.length),
          details: { nodes: open },
        });
    const preflight = await preflightReplay(tenant.system, run.id, v2);
    expect(preflight.renamedNodes.map((node) => node.id)).toEqual(["lookup_order", "refund_order"]);
    expect(preflight.renamedNodes[1]?.suggestions[0]?.id).toBe("pay_back");
    expect(preflight.plan.nodes).toContainEqual({ id: "lookup_order", action: "unmapped" });
  });

  test("with a mapping the record follows the nodes: the mutating call is answered from it", async () => {
    const { tenant, run } = await scene();
    const replay = await replayed(tenant.system, run.id, { ...v2, nodeMapping: pairs });
    expect(replay).toMatchObject({
      status: "completed",
      version: 2,
      effects: { dryRunRecorded: 1, dryRunSimulated: 0 },
    });
    expect(stage.shop.sent().map((request) => request.path)).toEqual(["/fetch_order"]);
    const { data } = await listSteps(tenant.system, replay.id);
    expect(data.map((step) => step.nodeId)).toEqual(["fetch_order", "pay_back", "end"]);
  });

  test("a node that is called gone: nothing receives its record", async () => {
    const { tenant, run } = await scene();
    const replay = await replayed(tenant.system, run.id, { ...v2, nodeMapping: { ...pairs, refund_order: null } });
    expect(replay).toMatchObject({
      status: "completed",
      effects: { dryRunRecorded: 0, dryRunSimulated: 1, neverMadeByOriginal: 1 },
    });
    expect(stage.shop.sent("POST")).toEqual([]);
  });

  test("from a step on the renamed steps are reused under their new ids", async () => {
    const { tenant, run } = await scene();
    const replay = await replayed(tenant.system, run.id, { ...v2, nodeMapping: pairs, fromNodeId: "end" });
    expect(replay).toMatchObject({ status: "completed", effects: { reused: 2 } });
    expect(stage.shop.sent()).toEqual([]);
    const { data } = await listSteps(tenant.system, replay.id);
    expect(data.map((step) => [step.key, step.reusedFrom?.runId ?? null])).toEqual([
      ["fetch_order", run.id],
      ["pay_back", run.id],
      ["end", null],
    ]);
  });

  test("two nodes that became one: the first of them stands for it", async () => {
    const tenant = await tenantOf(stage);
    const run = await recorded(tenant.system, "flow", flow(get("a"), get("b"), sum("end", ["a", "b"])));
    await push(tenant.system, "flow", flow(get("both"), sum("end", ["both"])), true);
    const request: ReplayRequest = { ...v2, nodeMapping: { a: "both", b: "both" }, fromNodeId: "end" };
    expect(await replayed(tenant.system, run.id, request)).toMatchObject({ status: "completed" });
  });

  test("a mapping with nodes that the versions do not have is refused with the field", async () => {
    const { tenant, run } = await scene();
    for (const [nodeMapping, path] of [
      [{ ...pairs, ghost: "end" }, "body.nodeMapping.ghost"],
      [{ ...pairs, lookup_order: "ghost" }, "body.nodeMapping.lookup_order"],
    ] as const)
      await expect(submitReplay(tenant.system, run.id, { ...v2, nodeMapping })).rejects.toMatchObject({
        code: "mapping_invalid",
        fields: [{ path }],
      });
  });

  test("a node of a version that did not execute needs no mapping", async () => {
    const tenant = await tenantOf(stage);
    const idle = { ...get("idle"), when: "false" };
    const run = await recorded(tenant.system, "flow", flow(get("a"), idle));
    await push(tenant.system, "flow", flow(get("a")), true);
    await expect(submitReplay(tenant.system, run.id, v2)).resolves.toMatchObject({ version: 2 });
  });
});

describe("onto a version that asks for another input", () => {
  test("the original payload is judged by the target's schema, as a trigger of it would be", async () => {
    const { system } = await tenantOf(stage);
    const run = await recorded(system, "flow", flow(sum("end", [])), { a: 1 });
    const input = { type: "object", required: ["zz"], properties: { zz: { type: "integer" } } };
    await push(system, "flow", { ...flow(sum("end", [])), input }, true);
    const preflight = await preflightReplay(system, run.id, v2);
    expect(preflight.ok).toBe(false);
    expect(preflight.verdicts.filter(({ level }) => level === "block")).toMatchObject([{ code: "payload_invalid" }]);
    const refused = submitReplay(system, run.id, v2);
    await expect(refused).rejects.toMatchObject({ code: "payload_invalid", fields: [{ path: expect.any(String) }] });
    await expect(submitReplay(system, run.id, { ...v2, payload: { zz: "x" } })).rejects.toMatchObject({
      code: "payload_invalid",
    });
    expect(await replayed(system, run.id, { ...v2, payload: { zz: 1 } })).toMatchObject({ status: "completed" });
    expect(await replayed(system, run.id)).toMatchObject({ status: "completed", version: 1 });
  });
});

describe("saved mappings", () => {
  test("one that covers every renamed node is applied by itself; the plan names it", async () => {
    const { tenant, run } = await scene();
    const saved = await save(tenant.system, "shared");
    const operator = await tenant.as("operator");
    const accepted = await submitReplay(operator, run.id, v2);
    expect(await finished(tenant.system, accepted.id)).toMatchObject({
      status: "completed",
      effects: { dryRunRecorded: 1 },
    });
    expect(saved).toMatchObject({ revision: 1, visibility: "shared" });
    expect(await save(tenant.system, "shared", { ...pairs, end: "end" })).toMatchObject({ id: saved.id, revision: 2 });
  });

  test("one that leaves a node out does not help, and says which", async () => {
    const { tenant, run } = await scene();
    await save(tenant.system, "shared", { lookup_order: "fetch_order" });
    await expect(submitReplay(tenant.system, run.id, v2)).rejects.toMatchObject({
      code: "nodes_unmapped",
      details: { nodes: ["refund_order"] },
    });
  });

  test.each<Record<string, string>>([{}, { lookup_order: "fetch_order" }])(
    "a private one that leaves a node out (%j) does not hide a shared one that covers all",
    async (partial) => {
      const { tenant, run } = await scene();
      const author = await tenant.as("operator");
      const shared = await save(tenant.system, "shared");
      await save(author, "private", partial);
      const preflight = await preflightReplay(author, run.id, v2);
      expect(preflight).toMatchObject({ ok: true, renamedNodes: [{ id: "lookup_order" }, { id: "refund_order" }] });
      const accepted = await submitReplay(author, run.id, v2);
      const replay = await finished(tenant.system, accepted.id);
      expect(replay).toMatchObject({ status: "completed", effects: { dryRunRecorded: 1 } });
      await deleteNodeMapping(tenant.system, shared.id);
      await expect(submitReplay(author, run.id, v2)).rejects.toMatchObject({ code: "nodes_unmapped" });
    },
  );

  test("a private one is its author's alone, and wins over the shared one for them", async () => {
    const { tenant, run } = await scene();
    const [author, colleague] = [await tenant.as("operator"), await tenant.as("operator")];
    await save(author, "private", { lookup_order: "fetch_order", refund_order: null });
    await expect(submitReplay(colleague, run.id, v2)).rejects.toMatchObject({ code: "nodes_unmapped" });
    expect(await getNodeMappings(colleague, pair)).toEqual([]);
    const accepted = await submitReplay(author, run.id, v2);
    expect(await finished(tenant.system, accepted.id)).toMatchObject({ effects: { dryRunSimulated: 1 } });

    await save(colleague, "shared");
    for (const [ctx, effects] of [
      [author, { dryRunRecorded: 0, dryRunSimulated: 1 }],
      [colleague, { dryRunRecorded: 1, dryRunSimulated: 0 }],
    ] as const) {
      const replay = await submitReplay(ctx, run.id, v2);
      expect((await finished(tenant.system, replay.id)).effects).toMatchObject(effects);
    }
    const seen = await getNodeMappings(author, pair);
    expect(seen.map((mapping) => mapping.visibility)).toEqual(["private", "shared"]);
    const names = await namesOf(database(), tenant.workspace.id, [memberOf(author.actor), memberOf(colleague.actor)]);
    expect(seen.map((mapping) => mapping.authorName)).toEqual(seen.map((mapping) => names[mapping.author]));
    expect(seen.every((mapping) => mapping.authorName !== null)).toBe(true);
  });

  test("a shared one is changed and deleted by its author or an admin, and keeps its author", async () => {
    const { tenant } = await scene();
    const [author, colleague, admin] = [
      await tenant.as("operator"),
      await tenant.as("operator"),
      await tenant.as("admin"),
    ];
    const shared = await save(author, "shared");
    const strangers = [colleague, tenant.key("replays:write")];
    for (const ctx of strangers) {
      await expect(save(ctx, "shared", {})).rejects.toMatchObject({ code: "forbidden" });
      await expect(deleteNodeMapping(ctx, shared.id)).rejects.toMatchObject({ code: "forbidden" });
    }
    expect(await getNodeMappings(colleague, pair)).toMatchObject([{ id: shared.id, pairs, revision: 1 }]);
    const own = await save(colleague, "private");
    await expect(deleteNodeMapping(author, own.id)).rejects.toMatchObject({ code: "not_found" });
    for (const [n, ctx] of [admin, tenant.key("replays:write", "admin"), author].entries())
      expect(await save(ctx, "shared", { ...pairs, end: "end" })).toMatchObject({
        revision: n + 2,
        author: memberOf(author.actor),
      });
    await deleteNodeMapping(author, shared.id);
    const again = await save(author, "shared");
    await deleteNodeMapping(admin, again.id);
  });

  test("who may not replay does not see where an environment's variables lead", async () => {
    const { tenant, run } = await scene();
    await save(tenant.system, "shared");
    const hostsFor = async (ctx: Ctx) => (await preflightReplay(ctx, run.id, v2)).plan.hosts;
    const shown = await hostsFor(await tenant.as("operator"));
    expect(shown.some(({ host }) => host !== null)).toBe(true);
    for (const ctx of [await tenant.as("viewer"), tenant.key("runs:read")])
      expect((await hostsFor(ctx)).map(({ nodeId, host }) => [nodeId, host])).toEqual(
        shown.map(({ nodeId }) => [nodeId, null]),
      );
  });

  test("one that its author shares takes the place of their private one, in one step; a colleague's stays", async () => {
    const { tenant } = await scene();
    const [author, colleague] = [await tenant.as("operator"), await tenant.as("operator")];
    const own = await save(author, "private");
    await save(colleague, "private");
    const shared = await save(author, "shared", { ...pairs, end: "end" });
    expect((await getNodeMappings(author, pair)).map(({ id }) => id)).toEqual([shared.id]);
    expect((await getNodeMappings(colleague, pair)).map(({ visibility }) => visibility)).toEqual(["private", "shared"]);
    const audited = await listAuditEvents(tenant.system, {
      filter: { action: "mapping.deleted" },
      limit: 10,
      after: null,
    });
    expect(audited.data.map(({ target, actor }) => [target, actor.id])).toEqual([[own.id, memberOf(author.actor)]]);
    const wrong = { lookup_order: "nowhere" };
    await expect(save(colleague, "shared", wrong)).rejects.toMatchObject({ code: "mapping_invalid" });
    expect((await getNodeMappings(colleague, pair)).map(({ visibility }) => visibility)).toEqual(["private", "shared"]);
  });

  test("the request's own mapping counts as a whole", async () => {
    const { tenant, run } = await scene();
    await save(tenant.system, "shared");
    await expect(
      submitReplay(tenant.system, run.id, { ...v2, nodeMapping: { lookup_order: "fetch_order" } }),
    ).rejects.toMatchObject({ code: "nodes_unmapped" });
  });

  test("a deleted one is not applied any more; a colleague's private one cannot be deleted", async () => {
    const { tenant, run } = await scene();
    const [author, colleague] = [await tenant.as("operator"), await tenant.as("operator")];
    const own = await save(author, "private");
    await expect(deleteNodeMapping(colleague, own.id)).rejects.toMatchObject({ code: "not_found" });
    await deleteNodeMapping(author, own.id);
    await expect(submitReplay(author, run.id, v2)).rejects.toMatchObject({ code: "nodes_unmapped" });
  });

  test("at most 1000 pairs, only known nodes, only an operator", async () => {
    const { tenant } = await scene();
    const many = Object.fromEntries(Array.from({ length: 1001 }, (_unused, index) => [`n${index}`, null]));
    const wrongs: Record<string, string | null>[] = [many, { ghost: "end" }, { lookup_order: "ghost" }];
    for (const wrong of wrongs)
      await expect(save(tenant.system, "shared", wrong)).rejects.toMatchObject({ code: "mapping_invalid" });
    await expect(save(await tenant.as("viewer"), "private")).rejects.toMatchObject({ code: "forbidden" });
    const stranger = await tenantOf(stage);
    await expect(save(stranger.system, "shared")).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("compared with its original", () => {
  test("a mapped replay is aligned through its mapping, also through a further replay, and beside a sibling", async () => {
    const { tenant, run } = await scene();
    const mapped = await replayed(tenant.system, run.id, { ...v2, nodeMapping: pairs });
    const further = await replayed(tenant.system, mapped.id);
    const sibling = await replayed(tenant.system, run.id);
    const aligned = async (one: string, other: string) =>
      (await compareTwoRuns(tenant.system, one, other)).steps.map(
        (step) => `${step.a?.key}=${step.b?.key} ${step.alignedBy}`,
      );
    const expected = ["lookup_order=fetch_order mapping", "refund_order=pay_back mapping", "end=end node"];
    expect(await aligned(mapped.id, run.id)).toEqual(expected);
    expect(await aligned(run.id, further.id)).toEqual(expected);
    expect(await aligned(mapped.id, sibling.id)).toEqual([
      "fetch_order=lookup_order mapping",
      "pay_back=refund_order mapping",
      "end=end node",
    ]);
  });
});
