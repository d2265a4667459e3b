import { expect, test } from "vitest";
import { atMost } from "#/lib/tools/lookups.ts";

test("so many names are looked up at once and no more; the others follow in order, whatever becomes of those before", async () => {
  const begun: string[] = [];
  const end = new Map<string, (fails: boolean) => void>();
  const resolve = atMost(2, (name) => {
    begun.push(name);
    return new Promise((done, fail) => end.set(name, (fails) => (fails ? fail(new Error(name)) : done([]))));
  });
  const settled = () => new Promise((done) => setImmediate(done));
  const all = Promise.allSettled(["a", "b", "c", "d"].map(resolve));
  await settled();
  expect(begun).toEqual(["a", "b"]);
  end.get("b")?.(true);
  await settled();
  expect(begun).toEqual(["a", "b", "c"]);
  end.get("a")?.(false);
  await settled();
  expect(begun).toEqual(["a", "b", "c", "d"]);
  end.get("c")?.(false);
  end.get("d")?.(false);
  expect((await all).map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "fulfilled"]);
  const late = resolve("e");
  await settled();
  end.get("e")?.(false);
  expect(await late).toEqual([]);
});
