import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sql } from "drizzle-orm";
import { database } from "#/db/client.ts";
import type { Json } from "#/lib/contract/json.ts";
import type { ReplayRequest } from "#/lib/contract/replay.ts";
import { randomOf } from "#/lib/demo/provider/random.ts";
import { submitReplay } from "#/lib/replay/submit-replay.ts";
import { triggerRun } from "#/lib/runs/trigger-run.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { putVariables } from "#/lib/tenancy/variables.ts";
import { openStage, tenantOf, type Stage } from "#/tests/support/replay-stage.ts";
import { push } from "#/tests/support/engine.ts";

/**
 * Replays of replays keep every answer: a corpus of random workflows (agents that make several calls in one turn, maps whose
 * items end in another order, calls that fail or are tried again, values of run and environment in requests), each replayed
 * as a chain, whole or from a step, in this environment and another. Seeded: the same corpus each time.
 */
const seed = "chains-1";
const chains = 200;
const depth = 2;
/** A workspace accepts 20 replays a minute. */
const perTenant = 10;

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

type Random = ReturnType<typeof randomOf>;
const chance = (random: Random, share: number) => random.next() < share;

/** A mutating request: always the same, or with what differs from run to run, to a service that may refuse. */
function request(random: Random): object {
  const where = random.pick(["ok", "ok", "moody"]);
  return {
    method: random.pick(["POST", "PUT", "PATCH", "DELETE"]),
    url: `{{ env.SHOP }}/${where}/${random.pick(["{{ trigger.order }}", "all"])}`,
    ...(chance(random, 0.5) ? { headers: { "x-run": "{{ run.id }}", "x-tenant": "{{ env.TENANT }}" } } : {}),
    ...(chance(random, 0.5) ? { body: { n: 1, at: "{{ run.createdAt }}", by: "{{ env.TENANT }}" } } : {}),
  };
}

const orderInput = {
  type: "object",
  required: ["orderId"],
  additionalProperties: false,
  properties: { orderId: { type: "string" } },
};
const retry = { maxAttempts: 3, backoffMs: 1 };

function node(random: Random, id: string, needs: string[]): object {
  const common = { id, needs };
  switch (random.pick(["call", "named", "map", "agent"] as const)) {
    case "call":
      return { ...common, type: "tool", http: request(random), ...(chance(random, 0.4) ? { retry } : {}) };
    case "named":
      return {
        ...common,
        type: "tool",
        tool: "pay_order",
        arguments: { orderId: "{{ trigger.order }}", by: "{{ env.TENANT }}" },
      };
    case "map": {
      const wait = { id: `${id}_look`, type: "tool", http: { method: "GET", url: "{{ env.SHOP }}/slow/x" } };
      const pay = { id: `${id}_pay`, type: "tool", needs: [wait.id], http: request(random) };
      return {
        ...common,
        type: "map",
        over: "{{ trigger.items }}",
        as: "item",
        concurrency: random.pick([1, 3, 6]),
        nodes: [wait, pay],
      };
    }
    case "agent": {
      const times = random.pick(["once", "twice", "three times", "six times"]);
      const how = random.pick(["", ", in parallel", ", together", ", together"]);
      return {
        ...common,
        type: "agent",
        model: "anthropic:claude-haiku-4-5",
        prompt: { text: `Call pay_order ${times} and book_order twice${how}.` },
        input: { orderId: "{{ trigger.order }}" },
        tools: ["pay_order", "book_order"],
        maxTurns: 10,
      };
    }
  }
}

function definition(random: Random): object {
  const count = random.pick([1, 1, 2]);
  const nodes = Array.from({ length: count }, (_, at) =>
    node(random, `n${at}`, at > 0 && chance(random, 0.6) ? [`n${at - 1}`] : []),
  );
  return {
    name: "chain",
    tools: {
      pay_order: {
        input: { ...orderInput, additionalProperties: true },
        http: request(random),
        ...(chance(random, 0.4) ? { retry } : {}),
      },
      book_order: { input: orderInput, http: request(random) },
    },
    nodes,
  };
}

/** Until all of these runs have ended. */
async function allEnded(ids: string[]): Promise<void> {
  for (;;) {
    const [row] = await database().execute<{ open: number }>(
      sql`select count(*)::int as open from runs where id = any(${sql.param(ids)}::text[]) and finished_at is null`,
    );
    if (row?.open === 0) return;
    await sleep(50);
  }
}

type Call = { run_id: string; key: string; status: string; verdict: string; error: Json; output: Json; kind: string };

/** Every mutating call of these runs with what it was answered, by run and then by path. */
async function callsOf(ids: string[]): Promise<Map<string, Map<string, Call>>> {
  const rows = await database().execute<Call>(sql`
    select s.run_id, s.key, s.kind, s.status, s.effect_verdict as verdict, s.error, b.output
    from spans s left join span_bodies b on b.span_id = coalesce(s.reused_span, s.id)
    where s.run_id = any(${sql.param(ids)}::text[]) and s.mutating and s.kind in ('tool', 'tool_call')`);
  const byRun = Map.groupBy([...rows], (row) => row.run_id);
  return new Map(ids.map((id) => [id, new Map((byRun.get(id) ?? []).map((row) => [row.key, row]))]));
}

async function endsOf(ids: string[]) {
  const rows = await database().execute<{
    id: string;
    status: string;
    error: { code: string } | null;
    effects: Record<string, number>;
  }>(sql`select id, status, error, effects from runs where id = any(${sql.param(ids)}::text[])`);
  return new Map(rows.map((row) => [row.id, row]));
}

type Answers = Record<string, Pick<Call, "status" | "error" | "output">>;
const pick = (answers: Answers, keys: string[]) => Object.fromEntries(keys.map((key) => [key, answers[key]]));
const answered = (calls: Map<string, Call>): Answers =>
  Object.fromEntries([...calls].map(([key, { status, error, output }]) => [key, { status, error, output }]));

test(
  `${chains} chains of ${depth} replays keep every answer, and nothing of them leaves`,
  { timeout: 600_000 },
  async () => {
    const random = randomOf(seed);
    const moods = randomOf(`${seed}-moods`);
    stage.shop.behave((path) => ({
      status: path.includes("/moody/") ? moods.pick([200, 200, 200, 409, 422, 503]) : 200,
      afterMs: path.includes("/slow/") ? moods.pick([0, 1, 3, 9]) : 0,
    }));
    const tenants = await Promise.all(
      Array.from({ length: Math.ceil(chains / perTenant) }, async () => {
        const { system } = await tenantOf(stage);
        const { url } = stage.shop;
        await putVariables(system, "production", { variables: { SHOP: url, TENANT: "acme" } });
        await putVariables(system, "staging", { variables: { SHOP: `${url}/stage`, TENANT: "12" } });
        return system;
      }),
    );
    const corpus = Array.from({ length: chains }, (_, at) => ({
      ctx: tenants[Math.floor(at / perTenant)] as Ctx,
      slug: `chain-${at}`,
      definition: definition(random),
      payload: {
        order: random.pick(["A-1", "B/2", "../x y"]).replaceAll(/[./ ]/g, "-"),
        items: Array.from({ length: random.pick([1, 3, 6]) }, () => 0),
      },
    }));
    const originals = await Promise.all(
      corpus.map(async ({ ctx, slug, payload, ...rest }) => {
        await push(ctx, slug, rest.definition);
        return (await triggerRun(ctx, slug, { payload }, "api")).id;
      }),
    );
    await allEnded(originals);
    const sent = stage.shop.sent("POST", "PUT", "PATCH", "DELETE").length;
    stage.shop.forget();
    const made = await callsOf(originals);
    const ends = await endsOf(originals);
    // A corpus that tries nothing proves nothing.
    expect(sent).toBeGreaterThan(chains * 2);
    expect([...ends.values()].filter(({ status }) => status === "failed").length).toBeGreaterThan(chains / 20);

    let [sources, before] = [originals, made];
    for (let level = 1; level <= depth; level += 1) {
      const replays = await Promise.all(
        sources.map(async (source, at) => {
          const { ctx } = corpus[at] as (typeof corpus)[number];
          const request: ReplayRequest = { environment: random.pick(["production", "production", "staging"]) };
          // The step of a call that was made: of the run itself, or inside of a map's item.
          const called = [...(before.get(source)?.keys() ?? [])].map((key) => key.split("/")[0] ?? "");
          if (called.length > 0 && chance(random, 0.4)) request.fromNodeId = random.pick(called.toSorted());
          return (await submitReplay(ctx, source, request)).id;
        }),
      );
      await allEnded(replays);
      const [calls, replayed] = [await callsOf(replays), await endsOf(replays)];
      for (const [at, replay] of replays.entries()) {
        const original = originals[at] ?? "";
        const where = `level ${level}, chain ${at}: ${JSON.stringify(corpus[at]?.definition)}`;
        const { status, error, effects } = replayed.get(replay) ?? {};
        const then = ends.get(original);
        const [answers, recorded, first] = [calls, before, made].map((of, side) =>
          answered(of.get([replay, sources[at] ?? "", original][side] ?? "") ?? new Map()),
        ) as [Answers, Answers, Answers];
        expect({ where, status, code: error?.code }).toEqual({ where, status: then?.status, code: then?.error?.code });
        expect({ where, effects }).toMatchObject({ where, effects: { live: 0 } });
        if (status === "completed") {
          expect({ where, answers }).toEqual({ where, answers: first });
          const kept = [...(calls.get(replay)?.values() ?? [])].filter(({ verdict }) => verdict === "reused").length;
          const all = { dryRunRecorded: Object.keys(first).length - kept, dryRunSimulated: 0 };
          expect({ where, effects }).toMatchObject({
            where,
            effects: { ...all, neverMadeByOriginal: 0, otherArguments: 0 },
          });
        } else {
          // Which other calls a run still makes when one of its steps fails is a matter of time.
          const kept = Object.keys(answers).filter(
            (key) => key in first && isDeepStrictEqual(recorded[key], first[key]),
          );
          expect({ where, answers: pick(answers, kept) }).toEqual({ where, answers: pick(first, kept) });
        }
      }
      expect(stage.shop.sent("POST", "PUT", "PATCH", "DELETE")).toEqual([]);
      [sources, before] = [replays, calls];
    }
  },
);
