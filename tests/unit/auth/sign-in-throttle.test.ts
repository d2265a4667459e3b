import { describe, expect, test } from "vitest";
import { SignInThrottle } from "#/lib/auth/sign-in-throttle.ts";

const minute = 60_000;
const fail = (
  throttle: SignInThrottle,
  times: number,
  email: (n: number) => string,
  address: (n: number) => string,
  at = 0,
) => {
  for (let n = 0; n < times; n += 1) throttle.failed(email(n), address(n), at);
};

describe("sign-in throttle", () => {
  test("ten failures from one address lock that email there for 15 minutes, and nowhere else", () => {
    const throttle = new SignInThrottle();
    fail(
      throttle,
      9,
      () => "a",
      () => "1",
    );
    expect(throttle.waitMs("a", "1", 0)).toBe(0);
    throttle.failed("a", "1", 0);
    expect(throttle.waitMs("a", "1", 0)).toBe(15 * minute);
    expect(throttle.waitMs("a", "2", 0)).toBe(0);
    expect(throttle.waitMs("b", "1", 0)).toBe(0);
    expect(throttle.waitMs("a", "1", 15 * minute)).toBe(0);
  });

  test("one email from many addresses, and many emails from one address, are limited too", () => {
    const throttle = new SignInThrottle();
    fail(
      throttle,
      50,
      () => "a",
      (n) => `address ${n}`,
    );
    expect(throttle.waitMs("a", "fresh", 0)).toBeGreaterThan(0);
    fail(
      throttle,
      100,
      (n) => `email ${n}`,
      () => "9",
    );
    expect(throttle.waitMs("fresh", "9", 0)).toBeGreaterThan(0);
  });

  test("a success clears one's own failures", () => {
    const throttle = new SignInThrottle();
    fail(
      throttle,
      9,
      () => "a",
      () => "1",
    );
    throttle.succeeded("a", "1");
    throttle.failed("a", "1", 0);
    expect(throttle.waitMs("a", "1", 0)).toBe(0);
  });

  test("a flood of other emails does not grow it without bound", () => {
    const throttle = new SignInThrottle();
    fail(
      throttle,
      60_000,
      (n) => `email ${n}`,
      (n) => `address ${n}`,
    );
    expect(throttle.waitMs("email 59999", "address 59999", 0)).toBe(0);
  });
});
