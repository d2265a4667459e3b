import { expect, test } from "vitest";
import { signInProblem } from "../../../app/(auth)/login/sign-in-problem.ts";
import { processorMs } from "#/tests/support/processor-time.ts";

test("a link cannot put its own words on the sign-in page", () => {
  for (const error of ["Your account is locked, call 555.", "<b>x</b>", "toString", "__proto__", ""])
    expect(signInProblem(error, { trustText: false })).toBe("Sign-in failed. Try again.");
});

test("the server's own sentences are shown, its codes are explained", () => {
  const wait = "Too many failed sign-ins. Try again in 3 minutes.";
  expect(signInProblem(wait, { trustText: true })).toBe(wait);
  expect(signInProblem("CredentialsSignin", { trustText: true })).toBe("Wrong email or password.");
  expect(signInProblem("CredentialsSignin", { trustText: false })).toBe("Wrong email or password.");
  expect(signInProblem("ECONNREFUSED", { trustText: true })).toBe("Sign-in failed. Try again.");
});

test("a long text is no sentence, and is not looked through for one", async () => {
  const spent = await processorMs(() => {
    for (const trustText of [true, false])
      expect(signInProblem(`A${" ".repeat(200_000)}`, { trustText })).toBe("Sign-in failed. Try again.");
  });
  // By the square of its length it would take a minute.
  expect(spent).toBeLessThan(5000);
});
