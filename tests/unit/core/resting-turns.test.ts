import { expect, test } from "vitest";
import { RestingTurns } from "#/lib/core/resting-turns.ts";

/** Takes so much of the processor's time, however busy others keep it. */
function busy(ms: number): void {
  const began = process.threadCpuUsage();
  for (let used = 0; used < ms;) {
    const { user, system } = process.threadCpuUsage(began);
    used = (user + system) / 1000;
  }
}
const next = () => new Promise((resolve) => setImmediate(resolve));

/** Work that notes when it begins and ends. */
function noted() {
  const seen: { name: string; began: number; ended: number }[] = [];
  const work = (name: string, ms: number) => async () => {
    const began = performance.now();
    busy(ms);
    await next();
    seen.push({ name, began, ended: performance.now() });
    return name;
  };
  const of = (name: string) => seen.find((each) => each.name === name)!;
  return { work, of };
}

test("an owner's work is done one after the other, and rests as long as it was busy; another's goes on meanwhile", async () => {
  const turns = new RestingTurns();
  const { work, of } = noted();
  const asked = [turns.take("a", work("a1", 40)), turns.take("a", work("a2", 1)), turns.take("b", work("b1", 1))];
  expect(await Promise.all(asked)).toEqual(["a1", "a2", "b1"]);
  expect(of("a2").began - of("a1").ended).toBeGreaterThan(30);
  expect(of("b1").began).toBeLessThan(of("a2").began);
});

test("as many at once as it is wide, and the rest comes before the next", async () => {
  const turns = new RestingTurns(2);
  let underWay = 0;
  let letGo = () => {};
  const over = new Promise<void>((resolve) => (letGo = resolve));
  const waiting = Array.from({ length: 3 }, () =>
    turns.take("a", async () => {
      underWay++;
      await over;
    }),
  );
  await next();
  expect(underWay).toBe(2);
  letGo();
  await Promise.all(waiting);
  expect(underWay).toBe(3);
});

test("what fails ends its turn, and rests too", async () => {
  const turns = new RestingTurns();
  const { work, of } = noted();
  let failedAt = 0;
  const failing = turns.take("a", async () => {
    busy(30);
    failedAt = performance.now();
    throw new Error("no");
  });
  const after = turns.take("a", work("after", 1));
  await expect(failing).rejects.toThrow("no");
  await after;
  expect(of("after").began - failedAt).toBeGreaterThan(20);
});
