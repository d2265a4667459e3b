import { afterAll, beforeAll, expect, test } from "vitest";
import { database } from "#/db/client.ts";
import type { MappingPairs } from "#/lib/contract/replay.ts";
import type { ReplayPlan } from "#/lib/replay/plan.ts";
import { putNodeMapping } from "#/lib/replay/put-node-mapping.ts";
import { submitReplay } from "#/lib/replay/submit-replay.ts";
import { listSteps } from "#/lib/runs/list-steps.ts";
import { findRunBody } from "#/lib/runs/run-store.ts";
import { finished, push } from "#/tests/support/engine.ts";
import { holdRuns, openStage, recorded, tenantOf, type Stage } from "#/tests/support/replay-stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

const old = ["a", "b", "c"];
/** No two of these agree in any pair, so that a mixture of two would show. */
const mappings: MappingPairs[] = [0, 1, 2, 3].map((n) => Object.fromEntries(old.map((id) => [id, `${id}${n}`])));
const node = (id: string) => ({ id, type: "transform", value: id });
const last = (needs: string[]) => ({ id: "last", type: "transform", needs, value: "done" });

test("a mapping that changes during submits: each run uses one revision of it entirely, at submit and when it runs", async () => {
  const tenant = await tenantOf(stage);
  const { system } = tenant;
  const source = await recorded(system, "flow", { name: "flow", nodes: [...old.map(node), last(old)] });
  const renamed = mappings.flatMap((pairs) => Object.values(pairs)) as string[];
  await push(system, "flow", { name: "flow", nodes: [...renamed.map(node), last(renamed)] }, true);
  const saved = new Map<number, MappingPairs>();
  const save = async (pairs: MappingPairs) => {
    const request = { workflow: "flow", from: 1, to: 2, visibility: "shared" as const, pairs };
    saved.set((await putNodeMapping(system, request)).revision, pairs);
  };
  await save(mappings[0] as MappingPairs);
  const release = await holdRuns(stage, tenant);

  const submit = () => submitReplay(system, source.id, { targetVersion: 2, fromNodeId: "last" });
  const accepted: { id: string }[] = [];
  for (let round = 0; round < 5; round++) {
    const [changed, again] = [mappings[(2 * round + 1) % 4], mappings[(2 * round + 2) % 4]] as MappingPairs[];
    const saves = [save(changed as MappingPairs), save(again as MappingPairs)];
    accepted.push(...(await Promise.all([submit(), submit(), submit(), submit()])));
    await Promise.all(saves);
  }
  await save(mappings[0] as MappingPairs);
  await release();

  const runs = await Promise.all(
    accepted.map(async ({ id }) => {
      expect(await finished(system, id)).toMatchObject({ status: "completed" });
      const body = await findRunBody(database(), tenant.workspace.id, id);
      return { id, plan: body?.replayPlan as unknown as ReplayPlan };
    }),
  );
  expect(new Set(runs.map(({ plan }) => JSON.stringify(plan.mapping))).size).toBeGreaterThan(1);
  for (const { id, plan } of runs) {
    const revision = plan.mapping?.from === "saved" ? plan.mapping.revision : 0;
    const pairs = saved.get(revision) as MappingPairs;
    expect(plan.overrides.nodeMapping).toEqual(pairs);
    const targets = Object.values(pairs).toSorted();
    expect(
      plan.nodes
        .filter(({ action }) => action === "reuse")
        .map((planned) => planned.id)
        .toSorted(),
    ).toEqual(targets);
    const steps = await listSteps(system, id);
    const reused = steps.data.filter(({ reusedFrom }) => reusedFrom !== null).map(({ nodeId }) => nodeId);
    expect(reused.toSorted()).toEqual(targets);
  }
});
