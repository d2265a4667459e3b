import { describe, expect, test } from "vitest";
import { wrongKeys } from "#/lib/auth/wrong-keys.ts";

const noteAll = (keys: string[], address = "203.0.113.1", count = wrongKeys()) =>
  keys.map((key, n) => count.note(address, key, n));
const several = (times: number, key = (n: number) => `key ${n}`) => Array.from({ length: times }, (_, n) => key(n));

describe("wrong API keys from one address", () => {
  test("are told to wait for the rest of a minute behind 30 different ones", () => {
    const waits = noteAll(several(32));
    expect(waits.slice(0, 30)).toEqual(several(30).map(() => 0));
    expect(waits.slice(30)).toEqual([59_970, 59_969]);
  });

  test("behind 300 in all, when it is the same few again and again", () => {
    const waits = noteAll(several(301, (n) => `key ${n % 3}`));
    expect(waits.filter((ms) => ms > 0)).toEqual([59_700]);
  });

  test("are free again after the minute, and never count for another address", () => {
    const count = wrongKeys();
    noteAll(several(40), "a", count);
    expect(count.note("a", "one more", 59_999)).toBe(1);
    expect(count.note("b", "x", 59_999)).toBe(0);
    expect(count.note("a", "one more", 60_000)).toBe(0);
  });

  test("of very many addresses are not all remembered", () => {
    const count = wrongKeys();
    noteAll(several(40), "first", count);
    for (let n = 0; n < 10_000; n += 1) count.note(`address ${n}`, "x", 50);
    expect(count.note("first", "x", 51)).toBe(0);
  });
});
