import { describe, expect, test } from "vitest";
import { playwrightDurations, slowestFiles, vitestDurations } from "#/lib/launcher/slowest-files.ts";

const spec = (...durations: number[]) => ({ tests: [{ results: durations.map((duration) => ({ duration })) }] });

describe("the slowest test files", () => {
  test("Playwright's tests and their repetitions are summed over all describes of a file", () => {
    const report = JSON.stringify({
      suites: [
        {
          file: "runs.spec.ts",
          specs: [spec(10), spec(20, 5)],
          suites: [
            { file: "runs.spec.ts", specs: [spec(100)], suites: [{ file: "runs.spec.ts", specs: [spec(1000)] }] },
          ],
        },
        { file: "xss.spec.ts", specs: [spec(7)] },
      ],
    });
    expect(playwrightDurations(report)).toEqual([
      { file: "tests/e2e/runs.spec.ts", ms: 1135 },
      { file: "tests/e2e/xss.spec.ts", ms: 7 },
    ]);
  });

  test.each([
    ["vitest", vitestDurations],
    ["Playwright", playwrightDurations],
  ])("without a report of %s there are none", (_, durationsOf) => expect(durationsOf(null)).toEqual([]));

  test("are told longest first, and no more than were asked for", () => {
    const files = [9, 12_345, 600_000].map((ms) => ({ file: `${ms}.ts`, ms }));
    expect(slowestFiles(files, 2)).toEqual(["  600.0 s  600000.ts", "   12.3 s  12345.ts"]);
    expect(slowestFiles(Array.from({ length: 50 }, (_, ms) => ({ file: "a", ms })))).toHaveLength(20);
    expect(slowestFiles([])).toEqual([]);
  });
});
