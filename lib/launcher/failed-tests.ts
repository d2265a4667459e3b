/** The part of vitest's JSON report that names what failed. */
type VitestReport = {
  testResults: {
    /** The file's path. */
    name: string;
    status: string;
    assertionResults: { status: string; fullName: string }[];
  }[];
};

/** The part of Playwright's JSON report that names what failed. */
type PlaywrightSuite = {
  file: string;
  title: string;
  suites?: PlaywrightSuite[];
  specs?: { title: string; ok: boolean }[];
};

/**
 * A line `FILE › NAME` for each test that failed, and a line `FILE` for a file that could not be run at all.
 * @param report vitest's JSON report; null if there is none
 * @param root the directory that paths are told from
 */
export function failedInVitest(report: string | null, root: string): string[] {
  if (report === null) return [];
  const { testResults } = JSON.parse(report) as VitestReport;
  return testResults
    .filter(({ status }) => status === "failed")
    .flatMap(({ name, assertionResults }) => {
      const file = name.startsWith(`${root}/`) ? name.slice(root.length + 1) : name;
      const failed = assertionResults.filter(({ status }) => status === "failed");
      return failed.length > 0 ? failed.map(({ fullName }) => `${file} › ${fullName}`) : [file];
    });
}

/** As `failedInVitest`, for Playwright's JSON report. A test that passed when it was repeated did not fail. */
export function failedInPlaywright(report: string | null): string[] {
  if (report === null) return [];
  const { suites = [] } = JSON.parse(report) as { suites?: PlaywrightSuite[] };
  return suites.flatMap((suite) => failedIn(suite, [`tests/e2e/${suite.file}`]));
}

function failedIn({ suites = [], specs = [] }: PlaywrightSuite, path: string[]): string[] {
  const own = specs.filter(({ ok }) => !ok).map(({ title }) => [...path, title].join(" › "));
  return [...own, ...suites.flatMap((suite) => failedIn(suite, [...path, suite.title]))];
}
