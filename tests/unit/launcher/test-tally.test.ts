import { describe, expect, test } from "vitest";
import { tallyLine, tallyPlaywright, tallyVitest } from "#/lib/launcher/test-tally.ts";

const vitest = (over: object) =>
  JSON.stringify({
    numPassedTests: 0,
    numFailedTests: 0,
    numPendingTests: 0,
    numTodoTests: 0,
    testResults: [],
    ...over,
  });
const playwright = (stats: object, errors: unknown[] = []) =>
  JSON.stringify({ stats: { expected: 0, unexpected: 0, flaky: 0, skipped: 0, ...stats }, errors });

describe("the tally of a test run", () => {
  test.each([
    ["all passed", vitest({ numPassedTests: 3 }), true, { passed: 3, failed: 0, skipped: 0 }],
    ["some failed", vitest({ numPassedTests: 2, numFailedTests: 1 }), false, { passed: 2, failed: 1, skipped: 0 }],
    [
      "pending and todo are skipped",
      vitest({ numPendingTests: 1, numTodoTests: 2 }),
      true,
      { passed: 0, failed: 0, skipped: 3 },
    ],
    [
      "a file that could not be loaded is a failure",
      vitest({ numPassedTests: 1, testResults: [{ status: "failed", assertionResults: [] }] }),
      false,
      { passed: 1, failed: 1, skipped: 0 },
    ],
    [
      "an error outside all tests is a failure",
      vitest({ numPassedTests: 1 }),
      false,
      { passed: 1, failed: 1, skipped: 0 },
    ],
    ["no report is a failure", null, false, { passed: 0, failed: 1, skipped: 0 }],
  ])("vitest: %s", (_, report, exitedWell, expected) => {
    expect(tallyVitest(report, exitedWell)).toEqual(expected);
  });

  test.each([
    ["a flaky test has passed", playwright({ expected: 2, flaky: 1 }), true, { passed: 3, failed: 0, skipped: 0 }],
    [
      "unexpected results have failed",
      playwright({ expected: 2, unexpected: 2 }),
      false,
      { passed: 2, failed: 2, skipped: 0 },
    ],
    ["an error outside all tests is a failure", playwright({}, [{}]), false, { passed: 0, failed: 1, skipped: 0 }],
    ["no report is a failure", null, false, { passed: 0, failed: 1, skipped: 0 }],
  ])("playwright: %s", (_, report, exitedWell, expected) => {
    expect(tallyPlaywright(report, exitedWell)).toEqual(expected);
  });

  test("the last line sums all runs and mentions skipped tests only if there are any", () => {
    expect(
      tallyLine([
        { passed: 2, failed: 0, skipped: 0 },
        { passed: 3, failed: 1, skipped: 0 },
      ]),
    ).toBe("5 passed, 1 failed");
    expect(tallyLine([{ passed: 2, failed: 0, skipped: 4 }])).toBe("2 passed, 0 failed, 4 skipped");
  });
});
