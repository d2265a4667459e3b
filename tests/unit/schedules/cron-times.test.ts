import { describe, expect, test } from "vitest";
import { cronFault, nextTimes } from "#/lib/schedules/cron-times.ts";
import { makesRun } from "#/lib/schedules/due-tick.ts";
import { processorMs } from "#/tests/support/processor-time.ts";

const after = new Date("2026-11-29T10:00:30.000Z");
const times = (cron: string, zone = "UTC", from = after) =>
  nextTimes(cron, zone, from, 3).map((time) => time.toISOString().replace(".000Z", "Z"));

describe("the times of a cron expression", () => {
  test.each([
    ["*/15 * * * *", "UTC", ["2026-11-29T10:15:00Z", "2026-11-29T10:30:00Z", "2026-11-29T10:45:00Z"]],
    ["0 9 * * 1-5", "Europe/Berlin", ["2026-11-30T08:00:00Z", "2026-12-01T08:00:00Z", "2026-12-02T08:00:00Z"]],
    ["0 0 1 1 *", "America/New_York", ["2027-01-01T05:00:00Z", "2028-01-01T05:00:00Z", "2029-01-01T05:00:00Z"]],
    ["@daily", "Asia/Kolkata", ["2026-11-29T18:30:00Z", "2026-11-30T18:30:00Z", "2026-12-01T18:30:00Z"]],
    ["*/20 * * * * *", "UTC", ["2026-11-29T10:00:40Z", "2026-11-29T10:01:00Z", "2026-11-29T10:01:20Z"]],
    ["0 12 29 2 *", "UTC", ["2028-02-29T12:00:00Z", "2032-02-29T12:00:00Z", "2036-02-29T12:00:00Z"]],
  ])("%s in %s", (cron, zone, expected) => {
    expect(times(cron, zone)).toEqual(expected);
  });

  test("follow the clocks when they change: none in the hour that is left out twice, each day once", () => {
    const spring = times("30 2 * * *", "Europe/Berlin", new Date("2027-03-27T00:00:00Z"));
    expect(new Set(spring.map((time) => time.slice(0, 10))).size).toBe(3);
    const autumn = times("30 2 * * *", "Europe/Berlin", new Date("2026-10-24T12:00:00Z"));
    expect(new Set(autumn.map((time) => time.slice(0, 10))).size).toBe(3);
  });

  test("a time is strictly after the moment asked from", () => {
    expect(times("0 10 * * *", "UTC", new Date("2026-11-29T10:00:00.000Z"))[0]).toBe("2026-11-30T10:00:00Z");
  });
});

describe("what is refused", () => {
  test.each([
    "",
    "x",
    "* * *",
    "* * * * * * *",
    "60 * * * *",
    "0 25 * * *",
    "0 0 32 * *",
    "0 0 * 13 *",
    "@never",
    "2026-12-01T00:00:00Z",
  ])("%j is no expression", (cron) => {
    expect(cronFault(cron, "UTC", after)).toMatchObject({ field: "cron" });
  });

  test.each(["Mars/Olympus", "", "Europe", "UTC+1x"])("%j is no time zone", (zone) => {
    expect(cronFault("@daily", zone, after)).toMatchObject({ field: "timeZone" });
  });

  test("a time that never comes", () => {
    expect(cronFault("0 0 30 2 *", "UTC", after)).toEqual({ field: "cron", message: "names a time that never comes" });
    expect(cronFault("0 0 29 2 *", "UTC", after)).toBeNull();
  });

  test("long lists cost little", async () => {
    const crons = ["0-59 0-23 1-31 1-12 0-6", `${"59,".repeat(30)}59 23 31 12 *`, "0 0 31 2,4,6,9,11 *", "0 0 29 2 1"];
    const spent = await processorMs(() => crons.map((cron) => cronFault(cron, "America/St_Johns", after)));
    expect(spent).toBeLessThan(2000);
  });
});

test.each([
  [0, false, true],
  [59_000, false, true],
  [61_000, false, false],
  [61_000, true, true],
  [86_400_000, true, true],
  [86_400_000, false, false],
])("a tick %d ms ago, catching up %s: makes a run %s", (ago, catchUp, expected) => {
  const now = new Date("2026-11-29T10:00:00Z");
  expect(makesRun(new Date(now.getTime() - ago), now, catchUp)).toBe(expected);
});
