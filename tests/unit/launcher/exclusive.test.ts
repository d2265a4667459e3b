import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { exclusively } from "#/lib/launcher/exclusive.mjs";

describe("exclusively", () => {
  test("never runs two actions of one name at once, and runs all of them", async () => {
    const name = randomUUID();
    let inside = 0;
    let most = 0;
    const actions = Array.from({ length: 8 }, (_, n) =>
      exclusively(name, async () => {
        most = Math.max(most, ++inside);
        await sleep(2);
        inside--;
        return n;
      }),
    );
    expect(await Promise.all(actions)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(most).toBe(1);
  });

  test("gives the name back when the action fails", async () => {
    const name = randomUUID();
    await expect(exclusively(name, () => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
    expect(await exclusively(name, () => "next")).toBe("next");
  });

  test("says who is in the way when the time is over", async () => {
    const name = randomUUID();
    await exclusively(name, async () => {
      const second = exclusively(name, () => "never", { timeoutMs: 30, busy: () => "the demo is already running" });
      await expect(second).rejects.toThrow("the demo is already running");
    });
  });
});
