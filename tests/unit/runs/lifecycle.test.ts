import { describe, expect, test } from "vitest";
import { isFinal, runStatuses, type RunStatus } from "#/lib/contract/status.ts";
import { mayChange, sourcesOf } from "#/lib/runs/lifecycle.ts";

describe("the life of a run", () => {
  /** Every legal change; whatever is not named here is not. */
  const legal: Record<RunStatus, readonly RunStatus[]> = {
    pending: ["pending", "running", "paused", "failed", "cancelled"],
    running: ["running", "waiting", "paused", "completed", "failed", "cancelled"],
    waiting: ["pending", "paused", "failed", "cancelled"],
    paused: ["pending", "failed", "cancelled"],
    completed: [],
    failed: [],
    cancelled: [],
  };
  const pairs = runStatuses.flatMap((from) => runStatuses.map((to) => [from, to] as const));

  test.each(pairs)("%s → %s", (from, to) => {
    expect(mayChange(from, to)).toBe(legal[from].includes(to));
    expect(sourcesOf(to).includes(from)).toBe(legal[from].includes(to));
  });

  test("nothing leaves a final status", () => {
    for (const to of runStatuses) expect(sourcesOf(to).filter(isFinal)).toEqual([]);
  });

  test("the caller cannot change the table through what it is given", () => {
    sourcesOf("running").push("completed");
    expect(mayChange("completed", "running")).toBe(false);
    expect(sourcesOf("running")).not.toContain("completed");
  });
});
