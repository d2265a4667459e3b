import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { sql } from "drizzle-orm";
import { database, rawClient } from "#/db/client.ts";
import { allOperations } from "#/lib/api/operations/all.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { createApiKey } from "#/lib/tenancy/create-api-key.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { withIdempotency, withIdempotencyAround } from "#/lib/tenancy/idempotency.ts";
import { listApiKeys } from "#/lib/tenancy/list-api-keys.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { createTenant } from "#/tests/support/tenants.ts";

ownDatabase();

const request = { key: "k", route: "POST /api/v1/api-keys", requestHash: "a" };
const makeKey = async (ctx: Ctx) => ({
  status: 201,
  headers: { location: "/x" },
  body: await createApiKey(ctx, { name: "made", scopes: ["runs:read"] }),
});
const made = async (ctx: Ctx) => (await listApiKeys(ctx, { limit: 100, after: null })).data.length;

describe("an idempotency key", () => {
  test("50 simultaneous requests have one effect; the others are told so or get the same result", async () => {
    const { system } = await createTenant();
    const attempts = Array.from({ length: 50 }, () =>
      withIdempotency(system, request, async (ctx) => {
        const result = await makeKey(ctx);
        await sleep(20);
        return result;
      }).catch((error: unknown) => error),
    );
    const results = await Promise.all(attempts);
    expect(await made(system)).toBe(1);
    const errors = results.filter((result) => result instanceof Error);
    for (const error of errors) expect(error).toMatchObject({ code: "idempotency_in_progress" });
    const bodies = new Set(
      results
        .filter((result) => !(result instanceof Error))
        .map((result) => JSON.stringify((result as { body: unknown }).body)),
    );
    expect(bodies.size).toBe(1);
    expect(await withIdempotency(system, request, makeKey)).toMatchObject({
      replayed: true,
      status: 201,
      headers: { location: "/x" },
    });
    expect(await made(system)).toBe(1);
  });

  test("what takes long to judge is judged with no transaction open, unless there is a result", async () => {
    const { system } = await createTenant();
    const idling = async () => {
      const [row] = await rawClient()<{ count: number }[]>`select count(*)::int as count from pg_stat_activity
        where datname = current_database() and state = 'idle in transaction'`;
      return row?.count;
    };
    const judged: unknown[] = [];
    const judge = async () => judged.push(await idling());
    const work = async (_ctx: Ctx, verdict: number | undefined) => ({
      status: 200,
      headers: {},
      body: [verdict ?? null, (await idling()) ?? null],
    });
    const first = await withIdempotency(system, request, work, judge);
    expect([first.body, judged]).toEqual([[1, 1], [0]]);
    const refuse = () => Promise.reject(new DomainError("workflow_paused", "no"));
    expect(await withIdempotency(system, request, work, refuse)).toEqual({ ...first, replayed: true });
    const other = { ...request, key: "other" };
    await expect(withIdempotency(system, other, work, refuse)).rejects.toMatchObject({ code: "workflow_paused" });
    // What is refused leaves the key unused.
    expect(await withIdempotency(system, other, work, judge)).toMatchObject({ replayed: false });
  });

  test("is served so where payloads, definitions and replays are judged", () => {
    const ids = allOperations.filter(({ judge }) => judge).map(({ id }) => id);
    expect(ids.sort()).toEqual([
      "createTool",
      "createWorkflow",
      "pushVersion",
      "submitReplay",
      "triggerRun",
      "triggerRuns",
    ]);
  });

  test("gives a secret again only to the actor who was given it", async () => {
    const tenant = await createTenant();
    const [owner, admin] = [await tenant.as("owner"), await tenant.as("admin")];
    const secret = { ...request, sealed: true };
    const first = await withIdempotency(owner, secret, makeKey);
    await expect(withIdempotency(admin, secret, makeKey)).rejects.toMatchObject({ code: "idempotency_key_reused" });
    expect(await withIdempotency(owner, secret, makeKey)).toEqual({ ...first, replayed: true });
  });

  test("another request under the same key is refused and has no effect", async () => {
    const { system } = await createTenant();
    await withIdempotency(system, request, makeKey);
    await expect(withIdempotency(system, { ...request, requestHash: "b" }, makeKey)).rejects.toMatchObject({
      code: "idempotency_key_reused",
    });
    expect(await made(system)).toBe(1);
  });

  test("a refused request leaves nothing behind and does not burn the key", async () => {
    const { system } = await createTenant();
    const refused = withIdempotency(system, request, async (ctx) => {
      await makeKey(ctx);
      throw new DomainError("conflict", "no");
    });
    await expect(refused).rejects.toMatchObject({ code: "conflict" });
    expect(await made(system)).toBe(0);
    expect(await withIdempotency(system, { ...request, requestHash: "b" }, makeKey)).toMatchObject({ replayed: false });
  });

  test("another workspace, another route and another key are other requests", async () => {
    const [one, two] = await Promise.all([createTenant(), createTenant()]);
    const first = await withIdempotency(one.system, request, makeKey);
    for (const [ctx, changed] of [
      [two.system, request],
      [one.system, { ...request, route: "POST /api/v1/prompts" }],
      [one.system, { ...request, key: "k2" }],
    ] as const) {
      const result = await withIdempotency(ctx, changed, makeKey);
      expect(result.replayed).toBe(false);
      expect(result.body).not.toEqual(first.body);
    }
  });

  test("a result older than 30 days is as if it had never been", async () => {
    const { system } = await createTenant();
    await withIdempotency(system, request, makeKey);
    await database().execute(
      sql`update idempotency_keys set created_at = now() - interval '31 days' where workspace_id = ${system.workspace.id}`,
    );
    expect(await withIdempotency(system, { ...request, requestHash: "b" }, makeKey)).toMatchObject({ replayed: false });
    expect(await withIdempotency(system, { ...request, requestHash: "b" }, makeKey)).toMatchObject({ replayed: true });
  });

  test("a result that holds a secret is not stored in the clear, and comes back whole", async () => {
    const { system } = await createTenant();
    const first = await withIdempotency(system, { ...request, sealed: true }, makeKey);
    const rows = await database().execute(
      sql`select response_body::text as body from idempotency_keys where workspace_id = ${system.workspace.id}`,
    );
    expect(JSON.stringify(rows)).not.toContain("rp_live_");
    expect(await withIdempotency(system, { ...request, sealed: true }, makeKey)).toEqual({ ...first, replayed: true });
  });
});

describe("an idempotency key of work that asks somebody else first", () => {
  /** A question that is open until it is answered. */
  function question() {
    const { promise, resolve } = Promise.withResolvers<string>();
    const asked = Promise.withResolvers<void>();
    const ask = () => {
      asked.resolve();
      return promise;
    };
    return { ask, isAsked: asked.promise, answer: resolve };
  }
  const answerAtOnce = () => Promise.resolve("yes");
  const claims = async (ctx: Ctx) =>
    (await database().execute(sql`select from idempotency_claims where workspace_id = ${ctx.workspace.id}`)).length;
  const inProgress = { code: "idempotency_in_progress" };

  test("holds no transaction while the question is open; who asks meanwhile is told so, and later gets the result", async () => {
    const { system } = await createTenant();
    const { ask, isAsked, answer } = question();
    const first = withIdempotencyAround(system, request, ask, async (ctx, asked) => {
      expect([asked, "rollback" in ctx.db]).toEqual(["yes", true]);
      return makeKey(ctx);
    });
    await isAsked;
    const open = await database().execute(
      sql`select from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'`,
    );
    expect(open.length).toBe(0);
    for (const meanwhile of [request, { ...request, requestHash: "b" }])
      await expect(withIdempotencyAround(system, meanwhile, answerAtOnce, makeKey)).rejects.toMatchObject(inProgress);
    const other = { ...request, key: "k2" };
    expect(await withIdempotencyAround(system, other, answerAtOnce, makeKey)).toMatchObject({ replayed: false });
    answer("yes");
    const result = await first;
    expect(await withIdempotencyAround(system, request, answerAtOnce, makeKey)).toEqual({ ...result, replayed: true });
    await expect(
      withIdempotencyAround(system, { ...request, requestHash: "b" }, answerAtOnce, makeKey),
    ).rejects.toMatchObject({ code: "idempotency_key_reused" });
    expect([await made(system), await claims(system)]).toEqual([2, 0]);
  });

  test("is not burned when the question or the work fails", async () => {
    const { system } = await createTenant();
    const refuse = () => Promise.reject(new DomainError("tool_failed", "no"));
    await expect(withIdempotencyAround(system, request, refuse, makeKey)).rejects.toMatchObject({
      code: "tool_failed",
    });
    const failing = async (ctx: Ctx) => {
      await makeKey(ctx);
      throw new DomainError("conflict", "no");
    };
    await expect(withIdempotencyAround(system, request, answerAtOnce, failing)).rejects.toMatchObject({
      code: "conflict",
    });
    expect([await made(system), await claims(system)]).toEqual([0, 0]);
    expect(await withIdempotencyAround(system, request, answerAtOnce, makeKey)).toMatchObject({ replayed: false });
  });

  test("of a process that died is free again; were it alive after all, it has no second effect", async () => {
    const { system } = await createTenant();
    const slow = question();
    const first = withIdempotencyAround(system, request, slow.ask, makeKey);
    await slow.isAsked;
    await database().execute(
      sql`update idempotency_claims set until = now() - interval '1 second' where workspace_id = ${system.workspace.id}`,
    );
    const second = question();
    const taken = withIdempotencyAround(system, request, second.ask, makeKey);
    await second.isAsked;
    slow.answer("late");
    await expect(first).rejects.toMatchObject(inProgress);
    expect([await made(system), await claims(system)]).toEqual([0, 1]);
    second.answer("yes");
    await taken;
    expect([await made(system), await claims(system)]).toEqual([1, 0]);
  });

  test("50 simultaneous requests ask and work once", async () => {
    const { system } = await createTenant();
    let questions = 0;
    const ask = async () => {
      questions += 1;
      await sleep(20);
    };
    const attempts = Array.from({ length: 50 }, () =>
      withIdempotencyAround(system, request, ask, makeKey).catch((error: unknown) => error),
    );
    for (const result of await Promise.all(attempts))
      if (result instanceof Error) expect(result).toMatchObject(inProgress);
    expect([questions, await made(system), await claims(system)]).toEqual([1, 1, 0]);
  });
});
