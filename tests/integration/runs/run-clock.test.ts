import { setTimeout as sleep } from "node:timers/promises";
import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { database, rawClient } from "#/db/client.ts";
import { runs } from "#/db/schema/runs.ts";
import { cancelRun } from "#/lib/runs/cancel-run.ts";
import { claimRun, ownerToken, releaseOwner } from "#/lib/runs/claim-store.ts";
import { decideApproval } from "#/lib/runs/decide-approval.ts";
import { getRun } from "#/lib/runs/get-run.ts";
import { listSteps } from "#/lib/runs/list-steps.ts";
import { pauseRun } from "#/lib/runs/pause-run.ts";
import { resumeRun } from "#/lib/runs/resume-run.ts";
import { triggerRun } from "#/lib/runs/trigger-run.ts";
import { finished, push } from "#/tests/support/engine.ts";
import { ordersStage } from "#/tests/support/orders-stage.ts";

const stage = ordersStage();
/** Of runs that must reach it. */
const maxDurationMs = 8000;
const longer = 3_600_000;
/** Of runs that must not: how long a busy machine takes decides nothing, and an hour that counted would. */
const roomyMs = longer / 2;

type Nodes = Record<string, unknown>[];
const nap = { id: "nap", type: "wait", durationMs: longer };
const ask = { id: "ask", type: "wait", approval: {} };
/** A call that takes twenty seconds. */
const talk = (needs: string[] = []) => ({
  id: "talk",
  type: "model",
  model: "anthropic:claude-haiku-4-5",
  prompt: { text: "[[fault:delay=20000]] Hello." },
  needs,
});
const inner = (workflow: string) => ({ id: "sub", type: "workflow", workflow });

const items = (count: number, nodes: Nodes) => ({
  id: "each",
  type: "map",
  over: Array.from({ length: count }, (_, index) => index),
  as: "item",
  concurrency: count,
  nodes,
});

const workflows: Record<string, Nodes> = {
  naps: [nap],
  asks: [ask],
  talks: [talk()],
  "naps-then-talks": [nap, talk(["nap"])],
  "naps-and-talks": [nap, talk()],
  "naps-inside": [inner("naps")],
  "naps-of-items": [items(2, [nap])],
  "naps-inside-of-items": [items(2, [inner("naps-of-items")])],
  "naps-far-inside": [inner("naps-inside")],
  "asks-inside": [inner("asks")],
  "asks-of-an-item": [items(1, [ask])],
  "talks-inside": [inner("talks")],
  "talks-far-inside": [inner("talks-inside")],
  "naps-then-talks-far-inside": [inner("naps-then-talks-inside")],
  "naps-then-talks-inside": [inner("naps-then-talks")],
};

beforeAll(async () => {
  for (const [slug, nodes] of Object.entries(workflows)) await push(stage.tenant.system, slug, { name: slug, nodes });
});

const start = async (slug: string, limit: number | undefined = maxDurationMs) =>
  (await triggerRun(stage.tenant.system, slug, { maxDurationMs: limit }, "api")).id;
const ended = (id: string) => finished(stage.tenant.system, id, 60_000);
/** What `read` gives, once it gives something. Not `expect.poll`: that knows one test at a time, and these run together. */
async function eventually<T>(read: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 1600; tries++) {
    const found = await read();
    if (found !== undefined) return found;
    await sleep(25);
  }
  throw new Error("it never came to that");
}
const reaches = (id: string, status: string) =>
  eventually(async () => ((await getRun(stage.tenant.system, id)).status === status ? status : undefined));
const childOf = (id: string) =>
  eventually(async () => (await database().select().from(runs).where(eq(runs.parentRun, id)))[0]?.id);
/** As if an hour had passed once nothing goes on in a run and those inside it: all of their clocks stand. */
async function letHourPass(id: string): Promise<void> {
  const sql = rawClient();
  const tree = sql`with recursive tree as (
    select id from runs where id = ${id} union all select r.id from runs r join tree on r.parent_run = tree.id)`;
  await eventually(async () => {
    const [found] = await sql<{ stand: boolean }[]>`${tree}
      select bool_and(r.deadline_at is null) and bool_or(exists (
        select 1 from spans s where s.run_id = r.id and s.kind = 'wait' and s.status = 'waiting')) as stand
      from runs r join tree on tree.id = r.id`;
    return found?.stand || undefined;
  });
  const hour = sql`interval '1 hour'`;
  await sql`${tree} update spans set wake_at = wake_at - ${hour} where run_id in (select id from tree)`;
  await sql`${tree} update runs set started_at = started_at - ${hour}, due_at = due_at - ${hour},
    deadline_at = deadline_at - ${hour} where id in (select id from tree)`;
}
const approve = async (id: string) => {
  const step = (await listSteps(stage.tenant.system, id)).data.find(({ type }) => type === "wait");
  await decideApproval(stage.tenant.system, id, step?.spanId ?? "", { decision: "approve" });
};
const completed = { status: "completed" };
const timedOut = { status: "failed", statusReason: "timed_out" };

describe("the maximum duration", () => {
  const naps = ["naps", "naps-inside", "naps-far-inside", "naps-of-items", "naps-inside-of-items"];
  test.concurrent.each(naps)("does not count timers: %s", async (slug) => {
    const id = await start(slug, roomyMs);
    await letHourPass(id);
    const run = await ended(id);
    expect(run).toMatchObject({ ...completed, error: null });
    expect(run.durationMs).toBeGreaterThanOrEqual(longer);
  });

  test.concurrent.each(["talks", "naps-and-talks", "talks-inside", "talks-far-inside"])(
    "counts work: %s",
    async (slug) => {
      const run = await ended(await start(slug));
      expect(run).toMatchObject(timedOut);
      // Each of the two times is rounded to a millisecond.
      expect(run.durationMs).toBeGreaterThanOrEqual(maxDurationMs - 1);
    },
  );

  test.concurrent.each(["naps-then-talks", "naps-then-talks-inside", "naps-then-talks-far-inside"])(
    "goes on behind a timer with what was left: %s",
    async (slug) => {
      const id = await start(slug, roomyMs);
      await letHourPass(id);
      // Of the run asked for, not of one inside: work inside is its work.
      const leftMs = await eventually(async () => {
        const [row] = await rawClient()<{ leftMs: number | null }[]>`
          select extract(epoch from deadline_at - now())::float8 * 1000 as "leftMs" from runs where id = ${id}`;
        return row?.leftMs ?? undefined;
      });
      expect(leftMs).toBeGreaterThan(0);
      expect(leftMs).toBeLessThan(roomyMs);
      await cancelRun(stage.tenant.system, id);
    },
  );

  test.concurrent.each(["asks", "asks-inside", "asks-of-an-item"])(
    "does not count the wait for a person: %s",
    async (slug) => {
      const id = await start(slug, roomyMs);
      const asking = slug === "asks-inside" ? await childOf(id) : id;
      await reaches(asking, "waiting");
      await letHourPass(id);
      await approve(asking);
      expect(await ended(id)).toMatchObject(completed);
    },
  );

  test.concurrent("does not count a pause, also of a run inside, nor several pauses", async () => {
    const [own, outer] = [await start("asks", roomyMs), await start("asks-inside", roomyMs)];
    const inside = await childOf(outer);
    await Promise.all([reaches(own, "waiting"), reaches(inside, "waiting")]);
    for (let n = 0; n < 2; n++) {
      await Promise.all([own, inside].map((id) => pauseRun(stage.tenant.system, id)));
      await Promise.all([own, outer].map(letHourPass));
      await Promise.all([own, inside].map((id) => resumeRun(stage.tenant.system, id)));
      await Promise.all([reaches(own, "waiting"), reaches(inside, "waiting")]);
    }
    await Promise.all([approve(own), approve(inside)]);
    expect(await ended(own)).toMatchObject(completed);
    expect(await ended(outer)).toMatchObject(completed);
  });

  test.concurrent("is not begun anew by whoever takes the run over", async () => {
    const id = await start("talks", roomyMs);
    await reaches(id, "running");
    const before = (await database().select().from(runs).where(eq(runs.id, id)))[0];
    await releaseOwner(database(), id, before?.owner ?? "");
    const claim = await claimRun(id, ownerToken("another"));
    expect(claim?.run.deadlineAt).toEqual(before?.deadlineAt);
    expect(before?.deadlineAt).not.toBeNull();
  });
});

describe("runs inside of one that is cancelled end as cancelled by it", () => {
  const ends = { status: "cancelled", statusReason: "parent" };
  test.concurrent.each(["at once", "when it was paused before", "when the inner one was paused before"])(
    "%s",
    async (when) => {
      const { system } = stage.tenant;
      const outer = await start("talks-far-inside", roomyMs);
      const middle = await childOf(outer);
      const innermost = await childOf(middle);
      await reaches(innermost, "running");
      if (when.startsWith("when it")) await pauseRun(system, outer);
      if (when.startsWith("when the")) await pauseRun(system, innermost);
      await cancelRun(system, outer);
      expect(await ended(outer)).toMatchObject({ status: "cancelled", statusReason: "user" });
      expect(await ended(middle)).toMatchObject(ends);
      expect(await ended(innermost)).toMatchObject(ends);
    },
  );

  test.concurrent("when it is out of time", async () => {
    const outer = await start("talks-inside");
    const inside = await childOf(outer);
    expect(await ended(outer)).toMatchObject(timedOut);
    expect(await ended(inside)).toMatchObject(ends);
  });

  test.concurrent("but one that was cancelled by itself was so by its user", async () => {
    const outer = await start("talks-inside", 60_000);
    const inside = await childOf(outer);
    await reaches(inside, "running");
    await cancelRun(stage.tenant.system, inside);
    expect(await ended(inside)).toMatchObject({ status: "cancelled", statusReason: "user" });
    expect(await ended(outer)).toMatchObject({ status: "failed" });
  });
});
