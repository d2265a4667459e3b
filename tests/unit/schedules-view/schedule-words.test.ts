import { describe, expect, test } from "vitest";
import { cronWords } from "#/components/schedules/cron-words.ts";
import { payloadText, presets, timesFault } from "#/components/schedules/schedule-draft.ts";
import { zonedTime } from "#/components/schedules/zoned-time.ts";
import { cronFault } from "#/lib/schedules/cron-times.ts";

describe("a cron expression in words", () => {
  test.each([
    ["0 9 * * 1-5", "At 09:00, Monday through Friday"],
    ["*/15 * * * *", "Every 15 minutes"],
    ["*/20 * * * * *", "Every 20 seconds"],
    ["@daily", "At 00:00"],
    [" 30 18 * * 7 ", "At 18:30, only on Sunday"],
    ["0 9 L * *", "At 09:00, on the last day of the month"],
    // Either of them, as cron has it.
    ["0 0 1 * 5", "At 00:00, on day 1 of the month, and on Friday"],
    ["every day", null],
    ["60 * * * *", null],
    ["", null],
  ])("%j", (cron, words) => {
    expect(cronWords(cron)).toBe(words);
  });
});

describe("a time by the clocks of a zone", () => {
  test.each([
    ["2026-11-30T08:00:00.000Z", "Europe/Berlin", "Mon 30 Nov 2026, 09:00"],
    ["2026-07-01T07:00:00.000Z", "Europe/Berlin", "Wed 1 Jul 2026, 09:00"],
    ["2026-12-01T04:30:00.000Z", "America/New_York", "Mon 30 Nov 2026, 23:30"],
    ["2026-12-01T00:00:00.000Z", "UTC", "Tue 1 Dec 2026, 00:00"],
    ["2026-12-01T00:00:20.000Z", "Asia/Kolkata", "Tue 1 Dec 2026, 05:30:20"],
  ])("%s in %s", (iso, zone, text) => {
    expect(zonedTime(iso, zone)).toBe(text);
  });
});

describe("the dialog of a schedule", () => {
  const now = new Date("2026-11-29T10:00:00Z");

  test("names the field at fault, and says nothing before something is typed", () => {
    expect(timesFault({ cron: " ", timeZone: "UTC" }, now)).toBeNull();
    expect(timesFault({ cron: "0 9 * * *", timeZone: "UTC" }, now)).toBeNull();
    expect(timesFault({ cron: "0 25 * * *", timeZone: "UTC" }, now)).toMatchObject({
      field: "cron",
      message: expect.stringMatching(/^Expected a cron expression/),
    });
    expect(timesFault({ cron: "0 0 30 2 *", timeZone: "UTC" }, now)?.message).toBe("Names a time that never comes");
    expect(timesFault({ cron: "0 9 * * *", timeZone: "Mars/Olympus" }, now)?.field).toBe("timeZone");
  });

  test("starts from expressions that are valid and can be said", () => {
    for (const { cron } of presets) {
      expect(cronFault(cron, "UTC", now)).toBeNull();
      expect(cronWords(cron)).not.toBeNull();
    }
  });

  test("holds a payload that a field can hold", () => {
    expect(payloadText({ a: [1] })).toBe('{\n  "a": [\n    1\n  ]\n}');
    expect(payloadText(null)).toBe("null");
    expect(payloadText("x".repeat(200_001))).toBeNull();
  });
});
