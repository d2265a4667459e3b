import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { OfOwners, Slots } from "#/lib/core/slots.ts";
import { inSlotInLine } from "#/lib/runs/in-slot.ts";
import { inLanes } from "#/lib/runs/lanes.ts";
import { StopSignal } from "#/lib/runs/session.ts";
import { inTurns } from "#/lib/runs/turns.ts";

/** Work that counts how much of it is under way. */
function counted() {
  const seen = { now: 0, most: 0, begun: [] as number[] };
  const work = async (item: number): Promise<number> => {
    seen.begun.push(item);
    seen.most = Math.max(seen.most, ++seen.now);
    await sleep(item % 3);
    seen.now--;
    if (item < 0) throw new Error(`failed ${item}`);
    return item * 2;
  };
  return { seen, work };
}
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

describe("work in lanes", () => {
  test.each([
    [0, 8],
    [1, 8],
    [7, 8],
    [100, 8],
    [5, 1],
  ])("%i items, %i at once: begun in order, and so are the results", async (count, width) => {
    const { seen, work } = counted();
    expect(await inLanes(upTo(count), width, work)).toEqual(upTo(count).map((item) => item * 2));
    expect(seen.begun).toEqual(upTo(count));
    expect(seen.most).toBe(Math.min(count, width));
  });

  test("a failure begins nothing more and waits for what was begun", async () => {
    const { seen, work } = counted();
    await expect(inLanes([1, 2, -1, ...upTo(50)], 3, work)).rejects.toThrow("failed -1");
    expect(seen.now).toBe(0);
    expect(seen.begun.length).toBeLessThan(10);
  });
});

test("slots: so many at once, whoever asked first comes first, and a failure gives its slot back", async () => {
  const slots = new Slots(4);
  const { seen, work } = counted();
  const ends = await Promise.allSettled([-1, -2, ...upTo(60)].map((item) => slots.hold(() => work(item))));
  expect(ends.filter(({ status }) => status === "rejected").length).toBe(2);
  expect(seen.begun).toEqual([-1, -2, ...upTo(60)]);
  expect(seen.most).toBe(4);
  await slots.hold(() => work(1));
  expect(seen.most).toBe(4);
});

test("slots of owners: whatever one has waiting, another has slots of its own", async () => {
  const slots = new OfOwners(() => new Slots(2));
  const begun: string[] = [];
  let end = () => {};
  const held = new Promise<void>((resolve) => (end = resolve));
  const ask = (owner: string, name: string) =>
    slots.use(owner, (own) =>
      own.hold(async () => {
        begun.push(name);
        await held;
      }),
    );
  const all = [ask("a", "a1"), ask("a", "a2"), ask("a", "a3"), ask("b", "b1")];
  await sleep(1);
  expect(begun).toEqual(["a1", "a2", "b1"]);
  end();
  await Promise.all(all);
  expect(begun).toEqual(["a1", "a2", "b1", "a3"]);
});

test.each([[[0]], [[0, 1]], [[1]], [[]]])(
  "calls that hold a slot while an earlier one is to come do not keep it from its own (late: %j)",
  async (late) => {
    const session = { calls: new Slots(2), stop: new StopSignal() };
    const [lines, turns] = [inTurns(4), inTurns(4)];
    const order: number[] = [];
    await Promise.all(
      upTo(4).map(async (index) => {
        if (late.includes(index)) await sleep(5);
        await inSlotInLine(lines[index], session, async () => {
          await turns[index]?.come();
          order.push(index);
          turns[index]?.leave();
        });
      }),
    );
    expect(order).toEqual([0, 1, 2, 3]);
  },
);
