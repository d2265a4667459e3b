import type { AuthOptions } from "next-auth";
import { describe, expect, test } from "vitest";
import { database } from "#/db/client.ts";
import { authOptions } from "#/lib/auth/auth-options.ts";
import { claimOf } from "#/lib/auth/session.ts";
import { newId } from "#/lib/core/ids.ts";
import { userOfSession } from "#/lib/tenancy/sessions.ts";
import { provisionUser } from "#/lib/tenancy/users.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";

ownDatabase();

type Authorize = (credentials: object, request: object) => Promise<{ id: string } | null>;
const passwordOf = (options: AuthOptions) =>
  (options.providers[0] as unknown as { options: { authorize: Authorize } }).options.authorize;
const attempt = (email: string, password: string, address = "203.0.113.1") =>
  passwordOf(authOptions())({ email, password }, { headers: { "x-forwarded-for": address } });
const callbacks = () => authOptions().callbacks as Required<NonNullable<AuthOptions["callbacks"]>>;
const makeUser = (password: string | null) =>
  provisionUser(database(), { email: `${newId("user")}@example.com`, name: "Ada", password });

describe("signing in with a password", () => {
  test("gives a token that is a session of that user, and says nothing of the password", async () => {
    const user = await makeUser("correct horse");
    const signedIn = await attempt(user.email.toUpperCase(), "correct horse");
    const account = { type: "credentials", provider: "credentials", providerAccountId: user.id };
    const token = await callbacks().jwt({ token: {}, user: signedIn, account } as never);
    const claim = claimOf(token);
    expect(claim).toEqual({ userId: user.id, sessionId: expect.stringMatching(/^ses_/) });
    expect(claim && (await userOfSession(database(), claim))).toEqual(user);
    expect(JSON.stringify(token)).not.toMatch(/scrypt|horse/);
    expect(await callbacks().jwt({ token } as never)).toEqual(token);
  });

  test.each(["", "wrong", "x".repeat(5000), "\u0000"])("%.6j is refused", async (password) => {
    const user = await makeUser("correct horse");
    expect(await attempt(user.email, password)).toBeNull();
  });

  test("a user without a password, and no user at all, cannot sign in", async () => {
    const user = await makeUser(null);
    for (const email of [user.email, "nobody@example.com", "", "\u0000@example.com"])
      expect(await attempt(email, "")).toBeNull();
  });

  test("after ten failures the password is not even looked at; from elsewhere it is", async () => {
    const user = await makeUser("correct horse");
    for (let n = 0; n < 10; n += 1) await attempt(user.email, "wrong", "203.0.113.9");
    await expect(attempt(user.email, "correct horse", "203.0.113.9")).rejects.toThrow(/Too many failed sign-ins/);
    expect(await attempt(user.email, "correct horse", "203.0.113.10")).toMatchObject({ id: user.id });
  });
});

describe("signing in through a provider", () => {
  const oauth = (email: string, verified: unknown) => ({
    user: { id: "subject", email },
    account: { type: "oauth", provider: "oidc", providerAccountId: newId("user") },
    profile: { email_verified: verified },
  });

  test("is for users whom a member has added, with an email that the provider vouches for", async () => {
    const user = await makeUser(null);
    for (const verified of [false, undefined, "no", 1])
      expect(await callbacks().signIn(oauth(user.email, verified) as never)).toBe(false);
    expect(await callbacks().signIn(oauth("stranger@example.com", true) as never)).toBe(false);
    const visit = oauth(user.email, true);
    expect(await callbacks().signIn(visit as never)).toBe(true);
    expect(claimOf(await callbacks().jwt({ token: {}, ...visit } as never))).toMatchObject({
      userId: user.id,
    });
  });
});

describe("tokens", () => {
  test.each([null, {}, { userId: "usr_1" }, { userId: "usr_1", sessionId: 1 }, { sub: "usr_1", sessionId: "s" }])(
    "%j is no session",
    (token) => expect(claimOf(token as never)).toBeNull(),
  );
});
