import { describe, expect, test } from "vitest";
import { gather } from "#/lib/core/gather.ts";

/** Work that ends when it is told to, and remembers its batches. */
function controlled() {
  const batches: number[][] = [];
  const ends: (() => void)[] = [];
  const ask = gather(async (items: number[]) => {
    batches.push(items);
    await new Promise<void>((resolve) => ends.push(resolve));
    if (items.includes(13)) throw new Error(`13 in a batch of ${items.length}`);
    return items.map((item) => item * 2);
  }, 3);
  const endNext = async () => {
    while (ends.length === 0) await Promise.resolve();
    ends.shift()?.();
  };
  return { ask, batches, endNext };
}

describe("gather", () => {
  test("what is asked for in one turn goes together, and each gets its own answer", async () => {
    const { ask, batches, endNext } = controlled();
    const answers = Promise.all([ask(1), ask(2)]);
    await endNext();
    expect(await answers).toEqual([2, 4]);
    expect(batches).toEqual([[1, 2]]);
  });

  test("what is asked for while a batch is under way waits for it, and no batch is larger than it may be", async () => {
    const { ask, batches, endNext } = controlled();
    const first = ask(1);
    await Promise.resolve();
    const others = Promise.all([2, 3, 4, 5].map(ask));
    await endNext();
    expect(await first).toBe(2);
    await endNext();
    await endNext();
    expect(await others).toEqual([4, 6, 8, 10]);
    expect(batches).toEqual([[1], [2, 3, 4], [5]]);
  });

  test("one item's failure is its own: the others of its batch are done", async () => {
    const { ask, batches, endNext } = controlled();
    const answers = Promise.allSettled([ask(1), ask(13), ask(3)]);
    for (let n = 0; n < 4; n += 1) await endNext();
    expect(await answers).toEqual([
      { status: "fulfilled", value: 2 },
      { status: "rejected", reason: new Error("13 in a batch of 1") },
      { status: "fulfilled", value: 6 },
    ]);
    expect(batches).toEqual([[1, 13, 3], [1], [13], [3]]);
  });

  test("work goes on after a failure", async () => {
    const { ask, endNext } = controlled();
    const failed = ask(13).catch((error: Error) => error.message);
    await endNext();
    expect(await failed).toBe("13 in a batch of 1");
    const next = ask(4);
    await endNext();
    expect(await next).toBe(8);
  });
});
