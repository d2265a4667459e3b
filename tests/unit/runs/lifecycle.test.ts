import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { isFinal, runStatuses, type RunStatus } from "#/lib/contract/status.ts";
import { mayChange, sourcesOf, startSources, timeCounts } from "#/lib/runs/lifecycle.ts";

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

  test("a run is started from the queue, and taken over from whoever held it", () => {
    expect(startSources()).toEqual(["pending"]);
  });

  test("no other file of the engine names the statuses that a change starts from", async () => {
    const folder = fileURLToPath(new URL("../../../lib/runs/", import.meta.url));
    const files = (await readdir(folder)).filter((name) => name !== "lifecycle.ts");
    const texts = await Promise.all(files.map(async (name) => [name, await readFile(folder + name, "utf8")] as const));
    const written = /\bfrom: \[|(eq|inArray)\(runs\.status, (\[|")/;
    expect(texts.filter(([, text]) => written.test(text)).map(([name]) => name)).toEqual([]);
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

describe("the time that counts towards the maximum duration", () => {
  test.each(runStatuses.filter((status) => status !== "waiting"))("%s", (status) => {
    expect(timeCounts(status, [])).toBe(status === "running");
  });
  test.each([
    [["timer"], false],
    [["approval"], false],
    [["timer", "approval"], false],
    [["retry_backoff"], true],
    [["approval", "retry_backoff"], true],
    [["child_run"], true],
    [["approval", "child_run"], true],
  ] as const)("waits for %j: %s", (reasons, counts) => {
    expect(timeCounts("waiting", reasons)).toBe(counts);
  });
});
