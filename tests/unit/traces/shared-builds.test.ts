import { expect, test } from "vitest";
import { SharedBuilds } from "#/lib/traces/shared-builds.ts";

/** Builds whose end each test decides; `begun` names them in order, `now` is the revision that each would see. */
function stage() {
  const builds = new SharedBuilds<string>();
  const state = { now: 1, begun: [] as string[], ends: [] as ((error?: Error) => void)[] };
  const get = (key: string, rev: number, owner = "w") =>
    builds.get({ owner, key, rev }, async (seen) => {
      seen(state.now);
      const name = `${key}@${state.now}`;
      state.begun.push(name);
      await new Promise<void>((resolve, reject) => state.ends.push((error) => (error ? reject(error) : resolve())));
      return name;
    });
  const begun = async (count: number) => {
    await expect.poll(() => state.begun.length).toBe(count);
  };
  return { state, get, begun };
}

test("who asks while a build is under way gets it, or the next one together when they know of something newer", async () => {
  const { state, get, begun } = stage();
  const first = [get("a", 1), get("a", 1)];
  await begun(1);
  first.push(get("a", 1));
  state.now = 5;
  const later = [get("a", 3), get("a", 5), get("a", 1)];
  state.ends[0]?.();
  await begun(2);
  later.push(get("a", 5));
  state.ends[1]?.();
  expect(await Promise.all(first)).toEqual(["a@1", "a@1", "a@1"]);
  expect(await Promise.all(later)).toEqual(["a@5", "a@5", "a@5", "a@5"]);
  expect(state.begun).toEqual(["a@1", "a@5"]);
});

test("nothing is kept behind the end, and a build that fails fails only those who waited for it", async () => {
  const { state, get, begun } = stage();
  const failed = get("a", 1);
  await begun(1);
  state.ends[0]?.(new Error("the database is away"));
  await expect(failed).rejects.toThrow("away");
  const again = get("a", 1);
  await begun(2);
  state.ends[1]?.();
  expect(await again).toBe("a@1");
});

test("one owner's builds are made one after the other; others have theirs meanwhile", async () => {
  const { state, get, begun } = stage();
  const all = [get("a", 1), get("b", 1), get("c", 1, "other")];
  await begun(2);
  expect(state.begun).toEqual(["a@1", "c@1"]);
  state.ends.forEach((end) => end());
  await begun(3);
  state.ends[2]?.();
  expect(await Promise.all(all)).toEqual(["a@1", "b@1", "c@1"]);
});
