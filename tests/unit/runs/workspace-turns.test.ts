import { describe, expect, test } from "vitest";
import { WorkspaceTurns } from "#/lib/runs/workspace-turns.ts";

const runsOf = (workspaceId: string, count: number) =>
  Array.from({ length: count }, (_, at) => ({ id: `${workspaceId}${at + 1}`, workspaceId }));

describe("workspaces take turns", () => {
  test("run by run, however many one has", async () => {
    const seen: string[] = [];
    await new WorkspaceTurns().attend([...runsOf("a", 50), ...runsOf("b", 2), ...runsOf("c", 1)], async ({ id }) => {
      seen.push(id);
    });
    expect(seen).toHaveLength(53);
    expect(seen.indexOf("b2")).toBeLessThan(8);
    expect(seen.indexOf("c1")).toBeLessThan(8);
    expect(seen.filter((id) => id.startsWith("a"))).toEqual(runsOf("a", 50).map(({ id }) => id));
  });

  test("one that waits for its lock keeps only itself waiting, in later turns too", async () => {
    const turns = new WorkspaceTurns(30);
    const seen: string[] = [];
    let release = () => {};
    const lock = new Promise<void>((resolve) => (release = resolve));
    const work = async ({ id, workspaceId }: { id: string; workspaceId: string }) => {
      if (workspaceId === "a") await lock;
      seen.push(id);
    };
    await turns.attend([...runsOf("a", 3), ...runsOf("b", 3)], work);
    expect(seen).toEqual(["b1", "b2", "b3"]);
    expect(turns.busy).toEqual(["a"]);
    await turns.attend([...runsOf("a", 3), ...runsOf("c", 1)], work);
    expect(seen).toEqual(["b1", "b2", "b3", "c1"]);
    release();
    await expect.poll(() => turns.busy).toEqual([]);
    expect(seen).toEqual(["b1", "b2", "b3", "c1", "a1"]);
  });

  test("a run that cannot be attended to keeps none behind it waiting", async () => {
    const seen: string[] = [];
    const turns = new WorkspaceTurns();
    await turns.attend([...runsOf("a", 2), ...runsOf("b", 1)], async ({ id }) => {
      if (id === "a1") throw new Error("its row is damaged");
      seen.push(id);
    });
    expect(seen.toSorted()).toEqual(["a2", "b1"]);
    expect(turns.busy).toEqual([]);
  });
});
