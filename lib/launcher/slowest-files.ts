/** How long a test file took, its hooks included. */
export type FileDuration = { file: string; ms: number };

/** The part of Playwright's JSON report that tells how long each test took. */
type PlaywrightSuite = {
  file: string;
  suites?: PlaywrightSuite[];
  specs?: { tests: { results: { duration: number }[] }[] }[];
};

/** @param report what `tests/support/duration-reporter.ts` wrote; null if there is none */
export function vitestDurations(report: string | null): FileDuration[] {
  return report === null ? [] : (JSON.parse(report) as FileDuration[]);
}

/** @param report Playwright's JSON report; null if there is none */
export function playwrightDurations(report: string | null): FileDuration[] {
  if (report === null) return [];
  const { suites = [] } = JSON.parse(report) as { suites?: PlaywrightSuite[] };
  return suites.map((suite) => ({ file: `tests/e2e/${suite.file}`, ms: durationOf(suite) }));
}

function durationOf({ suites = [], specs = [] }: PlaywrightSuite): number {
  const own = specs.flatMap(({ tests }) => tests.flatMap(({ results }) => results.map(({ duration }) => duration)));
  return [...own, ...suites.map(durationOf)].reduce((sum, ms) => sum + ms, 0);
}

/** One line for each of the files that took longest, the longest first. */
export function slowestFiles(files: FileDuration[], count = 20): string[] {
  const slowest = files.toSorted((a, b) => b.ms - a.ms).slice(0, count);
  return slowest.map(({ file, ms }) => `${(ms / 1000).toFixed(1).padStart(7)} s  ${file}`);
}
