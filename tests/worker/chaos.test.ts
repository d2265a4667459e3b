import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { exhaustConnections } from "#/tests/chaos/faults.ts";
import { runChaos } from "#/tests/chaos/run-chaos.ts";
import { weights } from "#/tests/chaos/workloads.ts";

/** The short form of `npm run chaos`: the same customers and the same checks; its web processes serve no pages. */
test("under killed workers, a crash of PostgreSQL and exhausted connections every promise of the engine holds", async () => {
  const summary = await runChaos({
    ...{ seed: 20_261, seconds: 10, workers: 3, webs: 2, pages: false, durability: "none" },
    lanes: ["workers"],
    weights: { ...weights, patient: 0 },
    async certainly(stage, tally) {
      tally.add("PostgreSQL killed");
      await stage.cluster.crash();
      await sleep(500);
      await stage.cluster.startAgain();
      await sleep(2500);
      await exhaustConnections({ stage, tally }, 2000);
      tally.add("web killed");
      await stage.webs[0]?.kill();
    },
  });
  const told = JSON.parse(JSON.stringify(summary)) as Record<"violations" | "load" | "faults", Record<string, number>>;
  expect(told.violations).toEqual({});
  expect(told.load["runs accepted"]).toBeGreaterThan(10);
  expect(told.faults).toMatchObject({ "PostgreSQL killed": 1, "connections exhausted": 1, "web killed": 1 });
  expect(told.faults["worker killed"]).toBeGreaterThan(0);
}, 240_000);
