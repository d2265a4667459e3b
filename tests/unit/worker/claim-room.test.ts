import { expect, test } from "vitest";
import { claimRoom } from "#/lib/worker/claim-room.ts";

const held = (counts: Record<string, number>) =>
  Object.entries(counts).flatMap(([workspace, count]) => Array<string>(count).fill(workspace));

test.each<[slots: number, held: Record<string, number>, most: number, except: string[]]>([
  [25, {}, 20, []],
  [25, { a: 7 }, 13, []],
  [25, { a: 20 }, 5, ["a"]],
  [25, { a: 20, b: 2 }, 3, ["a"]],
  [25, { a: 12, b: 13 }, 0, []],
  [25, { a: 20, b: 5 }, 0, ["a"]],
  // What came back to its worker by another way counts too.
  [25, { a: 22 }, 3, ["a"]],
  [6, { a: 5 }, 1, ["a"]],
  [5, {}, 4, []],
  [4, { a: 3 }, 1, []],
  [1, {}, 1, []],
  [1, { a: 1 }, 0, ["a"]],
])("of %i slots, with %j in hand", (slots, counts, most, except) => {
  expect(claimRoom(slots, held(counts))).toEqual({ most, except });
});

test("whatever is claimed, no workspace gets beyond four in five", () => {
  for (let slots = 5; slots <= 60; slots++) {
    const inHand: string[] = [];
    for (let room = claimRoom(slots, inHand); room.most > 0; room = claimRoom(slots, inHand)) {
      // The worst case: all that may be claimed is of one workspace.
      const greedy = room.except.includes("a") ? "b" : "a";
      inHand.push(...Array<string>(room.most).fill(greedy));
    }
    expect(inHand).toHaveLength(slots);
    expect(inHand.filter((workspace) => workspace === "a")).toHaveLength(slots - Math.floor(slots / 5));
  }
});
