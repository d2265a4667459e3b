import { expect, test } from "vitest";
import { Violations } from "#/tests/chaos/violations.ts";
import { attacks } from "#/tests/pressure/attacks.ts";
import { runPressure } from "#/tests/pressure/run-pressure.ts";

/** Some of those that once held or ended a process for seconds, and that have no test of their own elsewhere in this form. */
const chosen = [
  "80 MB form to sign in",
  "YAML map of 90,000 keys",
  "payloads that validate for seconds",
  "simulated answers of schemas that refer to themselves",
  "40 expressions of 160,000 steps in one step",
];

/**
 * The short form of the hostile load in `npm run chaos`: other tests run beside it, so that only a standstill of seconds says
 * something about the product; what died, failed or grew does whatever else goes on.
 */
test("whatever one tenant sends, another is served, and no process dies or grows", async () => {
  const violations = new Violations();
  const short = attacks.filter(({ name }) => chosen.includes(name));
  expect(short).toHaveLength(chosen.length);
  const { rows } = await runPressure({ attacks: short, secondsEach: 1, slackMs: 6000 }, violations);
  expect(violations.toJSON()).toEqual({});
  expect(rows.map(({ attack }) => attack)).toEqual(short.map(({ name }) => name));
}, 300_000);
