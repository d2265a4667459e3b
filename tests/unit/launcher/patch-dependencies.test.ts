import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

test("the exports of drizzle-orm are few: Node parses them again for each of its files", () => {
  const { exports } = JSON.parse(readFileSync("node_modules/drizzle-orm/package.json", "utf8")) as { exports: object };
  expect(Object.keys(exports)).toEqual(expect.arrayContaining([".", "./pg-core", "./postgres-js"]));
  expect(JSON.stringify(exports).length).toBeLessThan(10_000);
});
