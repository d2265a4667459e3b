import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { databaseClockKnown, readDatabaseClock } from "#/db/clock.ts";
import { closeDatabase } from "#/db/client.ts";
import { now } from "#/lib/core/clock.ts";
import { createTestDatabase, type TestDatabase } from "#/tests/support/database.ts";
import { useDatabase } from "#/tests/support/tenants.ts";

let testDatabase: TestDatabase;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
});
afterAll(async () => {
  vi.useRealTimers();
  await closeDatabase();
  await testDatabase?.drop();
});

const hourMs = 3_600_000;
const apartMs = (one: Date, other: number) => Math.abs(one.getTime() - other);

test("a process whose own clock is wrong tells the database's time once it has read it, and goes on from there", async () => {
  const realNow = Date.now();
  vi.useFakeTimers({ toFake: ["Date"], now: realNow + hourMs });
  expect(apartMs(now(), realNow)).toBeGreaterThan(hourMs / 2);

  process.env["DATABASE_URL"] = "postgres://nobody:wrong@127.0.0.1:1/nowhere";
  await expect(databaseClockKnown()).rejects.toThrow("ECONNREFUSED");
  await closeDatabase();

  useDatabase(testDatabase.url);
  await databaseClockKnown();
  expect(apartMs(now(), realNow)).toBeLessThan(hourMs / 60);
  vi.setSystemTime(realNow - hourMs);
  expect(apartMs(now(), realNow)).toBeLessThan(hourMs / 60);
  await readDatabaseClock();
  expect(apartMs(now(), realNow)).toBeLessThan(hourMs / 60);
});
