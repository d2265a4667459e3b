import { expect, test } from "vitest";
import { runStatuses } from "#/lib/contract/status.ts";
import type { Run } from "#/lib/contract/run.ts";
import { runObject } from "#/lib/sdk/run-object.ts";
import { runBody } from "#/tests/support/fake-service.ts";

const of = (status: string) => runObject(runBody("run_1", status) as unknown as Run);

test.each(runStatuses)("exactly one phase holds in status %s, and one outcome when it has ended", (status) => {
  const run = of(status);
  expect([run.isQueued, run.isExecuting, run.isWaiting, run.isCompleted].filter(Boolean)).toHaveLength(1);
  expect([run.isSuccess, run.isFailed, run.isCancelled].filter(Boolean)).toHaveLength(run.isCompleted ? 1 : 0);
});

test.each([
  ["pending", "isQueued"],
  ["running", "isExecuting"],
  ["waiting", "isWaiting"],
  ["paused", "isWaiting"],
  ["completed", "isSuccess"],
  ["failed", "isFailed"],
  ["cancelled", "isCancelled"],
  ["cancelled", "isCanceled"],
] as const)("%s is %s", (status, flag) => {
  expect(of(status)[flag]).toBe(true);
});

test("JSON of a run is what the service sent", () => {
  expect(JSON.parse(JSON.stringify(of("failed")))).toEqual(runBody("run_1", "failed"));
});
