import { afterAll, beforeAll, expect, test } from "vitest";
import { putWorkspacePolicy } from "#/lib/policies/put-policy.ts";
import { revokeMutationGrant } from "#/lib/policies/revoke-mutation-grant.ts";
import { grantMutations } from "#/lib/replay/grant-mutations.ts";
import { submitReplay } from "#/lib/replay/submit-replay.ts";
import { listSteps } from "#/lib/runs/list-steps.ts";
import { triggerRun } from "#/lib/runs/trigger-run.ts";
import { deleteTool } from "#/lib/tools/delete-tool.ts";
import { createTool } from "#/lib/workflows/create-tool.ts";
import { finished, push } from "#/tests/support/engine.ts";
import { eventGaps, startFleet, toolNode, until, type Fleet } from "#/tests/support/worker-fleet.ts";

/** In a replay a call stays under way until its worker is gone. */
const slowly = "{{ run.isReplay ? 60000 : 0 }}";
const retry = { maxAttempts: 3, backoffMs: 1 };

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
});
afterAll(() => fleet?.stop());

test("a live call whose worker is killed has an unknown outcome and stays live, whatever became of grant, policy and tool", async () => {
  const { tenant, tools } = fleet;
  const { system } = tenant;
  const stored = await createTool(system, {
    name: "refund",
    http: toolNode("refund", "POST", slowly).http,
  } as Parameters<typeof createTool>[1]);
  const nodes = [toolNode("charge", "POST", slowly, { retry }), { id: "refund", type: "tool", use: "refund", retry }];
  await push(system, "pays", { name: "pays", nodes });
  const victim = await fleet.addWorker();
  const original = await triggerRun(system, "pays", {}, "api");
  expect(await finished(system, original.id)).toMatchObject({ status: "completed" });

  const admin = await tenant.as("admin");
  const grant = await grantMutations(admin, {
    ...{ workflow: "pays", nodeIds: ["charge", "refund"], reason: "a test" },
    ...{ durationMs: 600_000, needsApproval: false },
  });
  const { id } = await submitReplay(system, original.id, {});
  await until("both calls are under way", () => tools.of(id).length === 2);
  process.kill(victim.pid, "SIGKILL");
  await victim.exited;
  await revokeMutationGrant(admin, grant.id);
  await putWorkspacePolicy(admin, { replay: { allowMutations: false } });
  await deleteTool(system, stored.id ?? "");
  await fleet.expireLeases();
  await fleet.addWorker();

  const replay = await finished(system, id);
  expect(replay).toMatchObject({ status: "failed", error: { code: "unknown_outcome" } });
  expect(replay.effects).toMatchObject({ live: 2, dryRunRecorded: 0, dryRunSimulated: 0 });
  const { data: steps } = await listSteps(system, id);
  expect(
    steps
      .toSorted((a, b) => (a.nodeId < b.nodeId ? -1 : 1))
      .map(({ nodeId, status, effect, attempts }) => [
        nodeId,
        status,
        effect?.verdict,
        effect?.grant,
        attempts.at(-1)?.error?.code,
      ]),
  ).toEqual(["charge", "refund"].map((node) => [node, "failed", "live", grant.id, "unknown_outcome"]));
  expect(tools.of(id).toSorted()).toEqual(["charge", "refund"]);
  expect(await eventGaps(system, id)).toEqual([]);
}, 90_000);
