import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { inTurn, turnBytes, turnForBytes } from "#/lib/core/loop-turns.ts";

/** Holds the event loop for longer than one turn's worth. */
function work(done: string[], what: string): string {
  const began = performance.now();
  while (performance.now() - began < 11);
  done.push(what);
  return what;
}

test("long work of many gets a turn of the event loop each, and tenants take turns", async () => {
  const done: string[] = [];
  const asked = ["a1", "a2", "a3", "a4", "b1", "c1", "b2"].map((what) =>
    inTurn(what.charAt(0), () => work(done, what)),
  );
  for (let turns = 1; done.length < asked.length; turns++) {
    expect(done.length).toBeLessThanOrEqual(turns);
    await nextTurn();
  }
  expect(done).toEqual(["a1", "a2", "b1", "c1", "a3", "b2", "a4"]);
  expect(await Promise.all(asked)).toEqual(["a1", "a2", "a3", "a4", "b1", "c1", "b2"]);
});

test("short work is done at once; what fails fails alone", async () => {
  await nextTurn();
  const done: number[] = [];
  const asked = [1, 2, 3].map((piece) => inTurn("a", () => done.push(piece)));
  expect(done).toEqual([1, 2, 3]);
  expect(await Promise.all(asked)).toEqual([1, 2, 3]);
  const failing = inTurn("a", () => {
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  expect(await inTurn("a", () => 4)).toBe(4);
});

test("streams of many pass 16 KiB in a turn of the event loop, all together, and tenants take turns", async () => {
  await nextTurn();
  const passed: string[] = [];
  const pass = (what: string, bytes: number) => turnForBytes(what.charAt(0), bytes).then(() => passed.push(what));
  const asked = ["a1", "a2", "a3", "a4", "b1"].map((what) => pass(what, turnBytes));
  for (let turns = 1; passed.length < asked.length; turns++) {
    expect(passed.length).toBeLessThanOrEqual(turns);
    await nextTurn();
  }
  expect(passed).toEqual(["a1", "a2", "b1", "a3", "a4"]);
});

test("short pieces of streams pass at once, until they make 16 KiB", async () => {
  await nextTurn();
  const passed: number[] = [];
  const asked = Array.from({ length: 40 }, (_, n) => turnForBytes("a", 1024).then(() => passed.push(n)));
  await Promise.resolve();
  expect(passed).toHaveLength(16);
  await Promise.all(asked);
  expect(passed).toEqual(Array.from({ length: 40 }, (_, n) => n));
});
