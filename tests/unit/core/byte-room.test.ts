import { expect, test } from "vitest";
import { ByteRoom } from "#/lib/core/byte-room.ts";

/** Asks for each in turn; `inside` are those that have room, `leave` ends one. */
function asked(room: ByteRoom, all: [name: string, owner: string, bytes: number][]) {
  const inside: string[] = [];
  const ends = new Map<string, () => void>();
  const works = all.map(([name, owner, bytes]) =>
    room.hold(owner, bytes, async () => {
      inside.push(name);
      await new Promise<void>((end) => ends.set(name, end));
    }),
  );
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return {
    inside,
    settled,
    leave: async (name: string) => {
      ends.get(name)?.();
      await settled();
      return inside;
    },
    all: works,
  };
}

test("holds what fits, in order, and lets nobody have more than their share", async () => {
  const room = asked(new ByteRoom(10, 6), [
    ["a1", "a", 4],
    ["a2", "a", 4],
    ["b1", "b", 4],
    ["c1", "c", 4],
    ["d1", "d", 1],
  ]);
  await room.settled();
  expect(room.inside).toEqual(["a1", "b1"]);
  expect(await room.leave("b1")).toEqual(["a1", "b1", "c1", "d1"]);
  expect(await room.leave("c1")).toEqual(["a1", "b1", "c1", "d1"]);
  expect(await room.leave("a1")).toEqual(["a1", "b1", "c1", "d1", "a2"]);
});

test("something larger than all the room gets in when nothing else is there, and what fails leaves its room", async () => {
  const own = new ByteRoom(10, 6);
  const room = asked(own, [
    ["a1", "a", 3],
    ["large", "b", 100],
    ["c1", "c", 1],
  ]);
  await room.settled();
  expect(room.inside).toEqual(["a1"]);
  expect(await room.leave("a1")).toEqual(["a1", "large"]);
  expect(await room.leave("large")).toEqual(["a1", "large", "c1"]);
  await room.leave("c1");
  await expect(own.hold("a", 10, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  await expect(own.hold("b", 10, async () => 1)).resolves.toBe(1);
});
