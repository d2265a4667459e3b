import { expect, test } from "vitest";
import { longHoldsSecret, redactJson } from "#/lib/runs/redact.ts";

const secret = 'op"en/se+same';
const escapes = "%41&amp;\\n".repeat(150_000);

/** How often the event loop turned while the work was done. */
async function turnsDuring<T>(work: Promise<T>): Promise<{ result: T; turns: number }> {
  let [turns, isDone] = [0, false];
  const turn = () => {
    turns += 1;
    if (!isDone) setImmediate(turn);
  };
  setImmediate(turn);
  const result = await work;
  isDone = true;
  return { result, turns };
}

test("a long text is cleaned off the event loop, in all the ways in which a short one is", async () => {
  const value = { a: `${escapes}${encodeURIComponent(secret)}`, b: ["short"], c: escapes };
  const { result, turns } = await turnsDuring(redactJson(value, [secret], "ws"));
  expect(result).toEqual({ a: `${escapes}[redacted]`, b: ["short"], c: escapes });
  expect(turns).toBeGreaterThan(50);
});

test("whether a long body holds a secret, one included that is too short to be taken out", async () => {
  const holds = (text: string) => longHoldsSecret(text, [secret, "z!"], "ws");
  expect(await holds(escapes)).toBe(false);
  expect(await holds(`${escapes}${JSON.stringify(secret)}`)).toBe(true);
  expect(await holds(`${escapes}z!`)).toBe(true);
  expect(await holds("z!")).toBe(true);
});
