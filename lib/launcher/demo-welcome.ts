import { relative } from "node:path";

/** What `lib/demo/seed.ts` prints as its last line. */
export type DemoAccess = {
  email: string;
  password: string;
  apiKey: string;
  workspaceSlug: string;
  runsUrlPath: string;
};

/** @throws {Error} when the output does not end in the line that gives access */
export function readDemoAccess(output: string): DemoAccess {
  const line = output.split("\n").findLast((candidate) => candidate.startsWith("{"));
  const access = line ? (JSON.parse(line) as Partial<DemoAccess>) : {};
  const { email, password, apiKey, workspaceSlug, runsUrlPath } = access;
  if (!email || !password || !apiKey || !workspaceSlug || !runsUrlPath) {
    throw new Error(`the demo workspace gives no access:\n${output.trimEnd()}`);
  }
  return { email, password, apiKey, workspaceSlug, runsUrlPath };
}

/** What the user sees when the demo is up. */
export function welcome(url: string, access: DemoAccess, home: string): string {
  return `
Reprise is running.

  Open      ${url}${access.runsUrlPath}
  Sign in   ${access.email}
  Password  ${access.password}
  API key   ${access.apiKey}

  curl -H 'Authorization: Bearer ${access.apiKey}' '${url}/api/v1/runs?limit=5'

Logs are in ${relative(process.cwd(), home) || "."}/logs. Ctrl-C stops everything; the data stays (npm run demo -- --reset starts afresh).
`;
}
