import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { cliCommand, curlCommand, payloadFault } from "#/components/workflows/trigger-command.ts";

const choice = { slug: "support-refund", version: null, environment: null };
const payloads = [
  { note: 'it\'s $HOME, `date` and "quotes" \\ JSON' },
  { note: "JSON\nJSON" },
  ["JSON", { deep: [1, null, true] }],
  "JSON",
];

/** What the shell hands to the command's standard input. */
function inputOf(command: string): unknown {
  const script = command.replace(/^(curl|npx) [\s\S]*?<<'JSON'/, "cat <<'JSON'");
  return JSON.parse(execFileSync("sh", ["-c", script], { encoding: "utf8" }));
}

describe("the commands shown beside the form send what the form sends", () => {
  test.each(payloads)("%j", (payload) => {
    const text = JSON.stringify(payload);
    expect(inputOf(curlCommand("http://x", { ...choice, payload: text }))).toEqual({ payload });
    expect(inputOf(cliCommand({ ...choice, payload: text }))).toEqual(payload);
  });

  test("version and environment are named when they are chosen", () => {
    const command = curlCommand("http://x", { ...choice, payload: "{}", version: 2, environment: "staging" });
    expect(inputOf(command)).toEqual({ payload: {}, version: 2, environment: "staging" });
    const cli = cliCommand({ ...choice, payload: "{}", version: 2, environment: "staging" });
    expect(cli).toContain("-w support-refund --workflow-version 2 --env staging -j -");
    expect(cliCommand({ ...choice, payload: "{}", environment: "a'; rm" })).toContain(String.raw`--env 'a'\''; rm'`);
    expect(command).toContain("http://x/api/v1/workflows/support-refund/runs");
  });
});

test.each([
  ["{}", null],
  ["null", null],
  ["", /Not valid JSON/],
  ["{a:1}", /Not valid JSON/],
])("payload %j", (text, expected) => {
  if (expected === null) expect(payloadFault(text)).toBeNull();
  else expect(payloadFault(text)).toMatch(expected);
});
