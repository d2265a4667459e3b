/** The tally of a test run. */
export type Tally = {
  passed: number;
  failed: number;
  skipped: number;
};

/** The part of vitest's JSON report that counts. */
type VitestReport = {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  /** Files that could not be run at all; they do not count among the tests. */
  testResults: { status: string; assertionResults: unknown[] }[];
};

/** The part of Playwright's JSON report that counts: flaky tests failed first and passed then. */
type PlaywrightReport = {
  stats: { expected: number; unexpected: number; flaky: number; skipped: number };
  errors: unknown[];
};

/** @param exitedWell false although no test failed counts as one failure */
export function tallyVitest(report: string | null, exitedWell: boolean): Tally {
  if (report === null) return atLeastOneFailure({ passed: 0, failed: 0, skipped: 0 }, exitedWell);
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(
    report,
  ) as VitestReport;
  const brokenFiles = testResults.filter(
    ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
  );
  const tally = {
    passed: numPassedTests,
    failed: numFailedTests + brokenFiles.length,
    skipped: numPendingTests + numTodoTests,
  };
  return atLeastOneFailure(tally, exitedWell);
}

/** @param exitedWell false although no test failed counts as one failure */
export function tallyPlaywright(report: string | null, exitedWell: boolean): Tally {
  if (report === null) return atLeastOneFailure({ passed: 0, failed: 0, skipped: 0 }, exitedWell);
  const { stats, errors } = JSON.parse(report) as PlaywrightReport;
  const tally = {
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected + (stats.unexpected === 0 ? errors.length : 0),
    skipped: stats.skipped,
  };
  return atLeastOneFailure(tally, exitedWell);
}

/** The line that ends `npm test`. */
export function tallyLine(tallies: Tally[]): string {
  const sum = (key: keyof Tally) => tallies.reduce((total, tally) => total + tally[key], 0);
  const skipped = sum("skipped");
  return `${sum("passed")} passed, ${sum("failed")} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

function atLeastOneFailure(tally: Tally, exitedWell: boolean): Tally {
  return exitedWell || tally.failed > 0 ? tally : { ...tally, failed: 1 };
}
