import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { database } from "#/db/client.ts";
import type { MutationGrantInput } from "#/lib/contract/mutation-grant.ts";
import { approveMutationGrant } from "#/lib/policies/approve-mutation-grant.ts";
import { listMutationGrants } from "#/lib/policies/list-mutation-grants.ts";
import { putAccountPolicy, putWorkspacePolicy } from "#/lib/policies/put-policy.ts";
import { revokeMutationGrant } from "#/lib/policies/revoke-mutation-grant.ts";
import { grantMutations } from "#/lib/replay/grant-mutations.ts";
import { preflightReplay } from "#/lib/replay/preflight-replay.ts";
import { submitReplay } from "#/lib/replay/submit-replay.ts";
import { listSteps } from "#/lib/runs/list-steps.ts";
import { findRunBody } from "#/lib/runs/run-store.ts";
import { changeMemberRole } from "#/lib/tenancy/change-member-role.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { listAuditEvents } from "#/lib/tenancy/list-audit-events.ts";
import { removeMember } from "#/lib/tenancy/remove-member.ts";
import { deleteVersion } from "#/lib/workflows/delete-version.ts";
import { finished, push } from "#/tests/support/engine.ts";
import { holdRuns, openStage, recorded, replayed, runOf, tenantOf, type Stage } from "#/tests/support/replay-stage.ts";
import type { Tenant } from "#/tests/support/tenants.ts";

let stage: Stage;
let tenant: Tenant;
let system: Ctx;
let admin: Ctx;
let owner: Ctx;
let source: string;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

const post = (id: string, change: object = {}) => ({
  ...{ id, type: "tool", http: { method: "POST", url: `{{ env.SHOP }}/${id}` } },
  ...change,
});
const flow = { name: "flow", nodes: [post("pay"), post("mail", { needs: ["pay"] })] };

/** A workspace with a run that paid and mailed, and two people who may grant. */
beforeEach(async () => {
  tenant = await tenantOf(stage);
  ({ system } = tenant);
  [admin, owner] = [await tenant.as("admin"), await tenant.as("owner")];
  source = (await recorded(system, "flow", flow)).id;
  stage.shop.forget();
});

const give = (ctx: Ctx, change: Partial<MutationGrantInput> = {}) =>
  grantMutations(ctx, {
    ...{ workflow: "flow", nodeIds: ["pay"], reason: "a test", durationMs: 60_000, needsApproval: false },
    ...change,
  } as Parameters<typeof grantMutations>[1]);
const userOf = (ctx: Ctx) => (ctx.actor.kind === "user" ? ctx.actor.userId : "");
const keyOf = (ctx: Ctx): Ctx => ({
  ...ctx,
  actor: { kind: "api_key", keyId: "key_other", scopes: ["admin"], createdBy: userOf(ctx) },
});
const setUntil = (id: string, until: ReturnType<typeof sql>) =>
  database().execute(sql`update mutation_grants set until = ${until} where id = ${id}`);
const paths = () => stage.shop.sent("POST").map(({ path }) => path);
const auditOf = async (target: string | undefined, action: string) =>
  (await listAuditEvents(system, { filter: { action, target }, limit: 50, after: null })).data;
const effectsOf = async (runId: string) =>
  Object.fromEntries((await listSteps(system, runId)).data.map((step) => [step.nodeId, step.effect]));

describe("a grant that holds", () => {
  test("lets exactly the named node's calls go, is planned, stored, shown and audited", async () => {
    const grant = await give(admin);
    expect(grant).toMatchObject({ state: "active", grantedBy: { id: userOf(admin) }, approvedBy: null });
    const { plan } = await preflightReplay(system, source, {});
    expect(plan.allowsMutations).toBe(true);
    expect(plan.calls.map(({ nodeId, verdict, grant: by }) => [nodeId, verdict, by?.id ?? null])).toEqual([
      ["pay", "live", grant.id],
      ["mail", "dry_run", null],
    ]);
    expect(plan.calls[0]?.grant).toEqual({ id: grant.id, grantedBy: "admin", approvedBy: null, until: grant.until });

    const replay = await replayed(system, source);
    expect(paths()).toEqual(["/pay"]);
    const { pay, mail } = await effectsOf(replay.id);
    expect(pay).toMatchObject({ verdict: "live", grant: grant.id, why: expect.stringContaining(grant.id) });
    expect(mail).toMatchObject({ verdict: "dry_run_recorded", grant: null });
    const body = await findRunBody(database(), tenant.workspace.id, replay.id);
    expect(body?.replayPlan).toMatchObject({ grants: [grant.id] });
    expect((await auditOf(replay.id, "replay.submitted"))[0]?.details).toMatchObject({ grants: [grant.id] });
    const calls = await auditOf(replay.id, "tool.live_mutation");
    expect(calls.map(({ details }) => [details["nodeId"], details["grant"]])).toEqual([["pay", grant.id]]);
    expect((await auditOf(grant.id, "mutation_grant.given"))[0]).toMatchObject({
      actor: { kind: "user", id: userOf(admin) },
      details: { workflow: "flow", nodeIds: ["pay"], reason: "a test", until: grant.until },
    });
  });

  test("loses against account, workspace and node", async () => {
    await give(admin);
    const liveCalls = async () =>
      (await preflightReplay(system, source, {})).plan.calls.filter(({ verdict }) => verdict === "live").length;
    expect(await liveCalls()).toBe(1);
    await putAccountPolicy(owner, { replay: { allowMutations: false } });
    expect(await liveCalls()).toBe(0);
    await replayed(system, source);
    await putAccountPolicy(owner, {});
    await putWorkspacePolicy(admin, { replay: { allowMutations: false } });
    expect(await liveCalls()).toBe(0);
    await putWorkspacePolicy(admin, {});
    const refusing = post("pay", { policies: { replay: { allowMutations: false } } });
    await push(system, "flow", { name: "flow", nodes: [refusing, post("mail", { needs: ["pay"] })] }, true);
    const { id } = await runOf(system, "flow");
    stage.shop.forget();
    await replayed(system, id);
    expect(paths()).toEqual([]);
    await expect(give(admin)).rejects.toMatchObject({
      code: "validation_failed",
      fields: [{ path: "body.nodeIds[0]", message: expect.stringContaining("no grant overrides") }],
    });
  });

  test("finds a node however many versions ago it was there", async () => {
    for (let n = 0; n < 201; n++)
      await push(system, "flow", { name: "flow", nodes: [{ id: "other", type: "transform", value: n }] }, true);
    await push(system, "flow", { name: "flow", nodes: [post("mail")] }, true);
    await give(admin, { nodeIds: ["mail", "pay"] });
    await replayed(system, source);
    expect(paths()).toEqual(["/pay", "/mail"]);
    await expect(give(admin, { nodeIds: ["pay", "other"] })).rejects.toMatchObject({
      fields: [{ path: "body.nodeIds[1]" }],
    });
  });

  test("counts for the workflow that makes the call, also where that runs inside of another", async () => {
    const outer = { name: "outer", nodes: [{ id: "sub", type: "workflow", workflow: "flow" }] };
    const run = await recorded(system, "outer", outer);
    stage.shop.forget();
    const grant = await give(admin);
    const { plan } = await preflightReplay(system, run.id, {});
    expect(plan.calls.map(({ nodeId, grant: by }) => [nodeId, by?.id ?? null])).toEqual([
      ["sub/pay", grant.id],
      ["sub/mail", null],
    ]);
    await replayed(system, run.id);
    expect(paths()).toEqual(["/pay"]);
  });
});

describe("a grant does not let a call go", () => {
  const nothingLeaves = async () => {
    const replay = await replayed(system, source);
    expect(replay.status).toBe("completed");
    expect(paths()).toEqual([]);
    return effectsOf(replay.id);
  };

  test("of another workflow, though its node has the same name", async () => {
    await push(system, "other", flow);
    await give(admin, { workflow: "other" });
    await nothingLeaves();
  });

  test("of another node", async () => {
    await push(system, "flow", { name: "flow", nodes: [...flow.nodes, post("call")] }, true);
    await give(admin, { nodeIds: ["call"] });
    await nothingLeaves();
  });

  test("of another workspace with the same workflow", async () => {
    const sibling = await tenantOf(stage, tenant.workspace.accountId);
    await push(sibling.system, "flow", flow);
    const theirs = await give(await sibling.as("admin"));
    await nothingLeaves();
    for (const act of [approveMutationGrant, revokeMutationGrant])
      await expect(act(admin, theirs.id)).rejects.toMatchObject({ code: "not_found" });
    expect((await listMutationGrants(admin, { limit: 10, after: null })).data).toEqual([]);
    await expect(give(admin, { workflow: "nowhere" })).rejects.toMatchObject({ code: "not_found" });
  });

  test("before the second person approved it, from then on it does", async () => {
    const grant = await give(admin, { needsApproval: true });
    expect(grant.state).toBe("requested");
    expect((await nothingLeaves())["pay"]?.why).toContain("is not approved yet");
    expect(await approveMutationGrant(owner, grant.id)).toMatchObject({
      state: "active",
      approvedBy: { id: userOf(owner) },
    });
    await replayed(system, source);
    expect(paths()).toEqual(["/pay"]);
    expect(await auditOf(grant.id, "mutation_grant.requested")).toHaveLength(1);
    await approveMutationGrant(owner, grant.id);
    expect(await auditOf(grant.id, "mutation_grant.approved")).toHaveLength(1);
  });

  test("whose granter was removed, or whose approver is no admin any more", async () => {
    const [first, second] = [await give(admin), await give(owner, { needsApproval: true })];
    await approveMutationGrant(admin, second.id);
    await removeMember(owner, userOf(admin));
    const states = (await listMutationGrants(owner, { limit: 10, after: null })).data.map(({ state }) => state);
    expect(states).toEqual(["lapsed", "lapsed"]);
    expect((await nothingLeaves())["pay"]?.why).toContain("lapsed");
    await revokeMutationGrant(owner, first.id);
    const demoted = await tenant.as("admin");
    await give(demoted);
    await changeMemberRole(owner, userOf(demoted), "operator");
    await nothingLeaves();
  });
});

describe("between submit and call", () => {
  test.each<[string, (grantId: string) => Promise<unknown>, string]>([
    ["expires", (id) => setUntil(id, sql`clock_timestamp()`), "expired at"],
    ["is revoked", (id) => revokeMutationGrant(owner, id), "was revoked at"],
  ])("a grant that %s lets nothing go: the call dry-runs and says why", async (_what, end, words) => {
    const grant = await give(admin);
    const release = await holdRuns(stage, tenant);
    const accepted = await submitReplay(system, source, {});
    const body = await findRunBody(database(), tenant.workspace.id, accepted.id);
    expect(body?.replayPlan).toMatchObject({ grants: [grant.id] });
    await end(grant.id);
    await release();
    expect(await finished(system, accepted.id)).toMatchObject({ status: "completed" });
    expect(paths()).toEqual([]);
    const { pay } = await effectsOf(accepted.id);
    expect(pay).toMatchObject({ verdict: "dry_run_recorded", grant: null });
    expect(pay?.why).toContain(`grant ${grant.id} ${words}`);
    expect(await auditOf(accepted.id, "tool.live_mutation")).toEqual([]);
  });

  test("a grant that has a little left lets it go, though it was shortened", async () => {
    const grant = await give(admin);
    const release = await holdRuns(stage, tenant);
    const accepted = await submitReplay(system, source, {});
    await setUntil(grant.id, sql`clock_timestamp() + interval '1 minute'`);
    await release();
    await finished(system, accepted.id);
    expect(paths()).toEqual(["/pay"]);
  });
});

describe("giving, approving and revoking", () => {
  test("lasts at most 24 hours by database time, and not into the past", async () => {
    const at = (ms: number) => new Date(Date.now() + ms).toISOString();
    const day = 24 * 3_600_000;
    for (const until of [at(-1000), at(day + 60_000)])
      await expect(give(admin, { durationMs: undefined, until })).rejects.toMatchObject({
        code: "validation_failed",
        fields: [{ path: "body.until" }],
      });
    await expect(give(admin, { durationMs: undefined, until: at(day - 60_000) })).resolves.toBeDefined();
    await expect(give(admin, { durationMs: day })).resolves.toMatchObject({ state: "active" });
  });

  test("names nodes that call tools, each fault by its place", async () => {
    await expect(give(admin, { nodeIds: ["pay", "nowhere"] })).rejects.toMatchObject({
      code: "validation_failed",
      fields: [{ path: "body.nodeIds[1]" }],
    });
    // Runs of an older version keep its nodes: they can be granted while the version is there.
    await push(system, "flow", { name: "flow", nodes: [post("charge")] }, true);
    await expect(give(admin, { nodeIds: ["pay", "charge"] })).resolves.toBeDefined();
    await replayed(system, source);
    expect(paths()).toEqual(["/pay"]);
    await deleteVersion(system, "flow", 1);
    await expect(give(admin)).rejects.toMatchObject({ code: "validation_failed" });
  });

  test("is for admins, in a person's name", async () => {
    for (const role of ["viewer", "operator"] as const)
      await expect(give(await tenant.as(role))).rejects.toMatchObject({ code: "forbidden" });
    await expect(give(tenant.key("admin"))).rejects.toMatchObject({ code: "forbidden" });
    await expect(give(keyOf(admin))).resolves.toMatchObject({ grantedBy: { id: userOf(admin) } });
  });

  test("nobody approves the own grant, neither by session nor by another key", async () => {
    const grant = await give(keyOf(admin), { needsApproval: true });
    for (const self of [admin, keyOf(admin), tenant.key("admin")])
      await expect(approveMutationGrant(self, grant.id)).rejects.toMatchObject({ code: "forbidden" });
    await expect(approveMutationGrant(keyOf(owner), grant.id)).resolves.toMatchObject({ state: "active" });
    const own = await give(admin, { needsApproval: true });
    await expect(
      database().execute(sql`update mutation_grants set approved_by = granted_by where id = ${own.id}`),
    ).rejects.toThrow(/update mutation_grants/);
  });

  test("approved and revoked at the same moment, it ends revoked, with one audit row for each that counted", async () => {
    const third = await tenant.as("admin");
    for (let round = 0; round < 5; round += 1) {
      const grant = await give(admin, { needsApproval: true });
      const outcomes = await Promise.allSettled([
        approveMutationGrant(owner, grant.id),
        approveMutationGrant(third, grant.id),
        revokeMutationGrant(admin, grant.id),
        revokeMutationGrant(owner, grant.id),
      ]);
      for (const outcome of outcomes)
        if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "conflict" });
      const [newest] = (await listMutationGrants(admin, { limit: 1, after: null })).data;
      expect(newest).toMatchObject({ id: grant.id, state: "revoked" });
      expect(await auditOf(grant.id, "mutation_grant.revoked")).toHaveLength(1);
      const approvals = await auditOf(grant.id, "mutation_grant.approved");
      expect(approvals).toHaveLength(newest?.approvedAt == null ? 0 : 1);
      await expect(approveMutationGrant(owner, grant.id)).rejects.toMatchObject({ code: "conflict" });
    }
  });
});
