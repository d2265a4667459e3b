import { expect, test } from "vitest";
import { failedInPlaywright, failedInVitest } from "#/lib/launcher/failed-tests.ts";

test("vitest's failures are told by file and full name, a file that could not be run by its path", () => {
  const report = JSON.stringify({
    testResults: [
      { name: "/r/tests/a.test.ts", status: "passed", assertionResults: [{ status: "passed", fullName: "fine" }] },
      {
        name: "/r/tests/b.test.ts",
        status: "failed",
        assertionResults: [
          { status: "passed", fullName: "a group holds" },
          { status: "failed", fullName: "a group breaks" },
        ],
      },
      { name: "/r/tests/broken.test.ts", status: "failed", assertionResults: [] },
      { name: "/elsewhere/c.test.ts", status: "failed", assertionResults: [] },
    ],
  });
  expect(failedInVitest(report, "/r")).toEqual([
    "tests/b.test.ts › a group breaks",
    "tests/broken.test.ts",
    "/elsewhere/c.test.ts",
  ]);
});

test("Playwright's failures are told by file, describes and title; what passed at last is not among them", () => {
  const report = JSON.stringify({
    suites: [
      {
        file: "runs.spec.ts",
        title: "runs.spec.ts",
        specs: [
          { title: "outside", ok: false },
          { title: "flaky", ok: true },
        ],
        suites: [
          {
            file: "runs.spec.ts",
            title: "the list",
            specs: [{ title: "finds", ok: false }],
            suites: [{ file: "runs.spec.ts", title: "at 390 px", specs: [{ title: "fits", ok: false }] }],
          },
        ],
      },
    ],
  });
  expect(failedInPlaywright(report)).toEqual([
    "tests/e2e/runs.spec.ts › outside",
    "tests/e2e/runs.spec.ts › the list › finds",
    "tests/e2e/runs.spec.ts › the list › at 390 px › fits",
  ]);
});

test("without a report there are none", () => {
  expect([failedInVitest(null, "/r"), failedInPlaywright(null)]).toEqual([[], []]);
});
