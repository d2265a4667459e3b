import type { AuthOptions } from "next-auth";
import { sql } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { database } from "#/db/client.ts";
import { authOptions, type SignInVisit } from "#/lib/auth/auth-options.ts";
import { claimOf } from "#/lib/auth/session.ts";
import { newId } from "#/lib/core/ids.ts";
import { userOfSession } from "#/lib/tenancy/sessions.ts";
import { provisionUser } from "#/lib/tenancy/users.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";

ownDatabase();

type Authorize = (credentials: object, request: object) => Promise<{ id: string } | null>;
const passwordOf = (options: AuthOptions) =>
  (options.providers[0] as unknown as { options: { authorize: Authorize } }).options.authorize;
const visit = { userAgent: null, address: "203.0.113.1", deviceOf: () => null, signedIn: () => {} };
const attempt = (email: string, password: string, about: Partial<SignInVisit> = {}) =>
  passwordOf(authOptions({ ...visit, ...about }))({ email, password }, {});
const callbacks = () => authOptions(visit).callbacks as Required<NonNullable<AuthOptions["callbacks"]>>;
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

  test("after many failures the password is looked at later, but not where the person signed in before", async () => {
    const user = await makeUser("correct horse");
    await attempt(user.email, "wrong");
    await database().execute(sql`
      update sign_in_tries set failures = 60, failed_at = clock_timestamp() + interval '10 seconds'`);
    await expect(attempt(user.email, "correct horse")).rejects.toThrow(/^Too many sign-ins at once/);
    const emails: string[] = [];
    const deviceOf = (email: string) => (email === user.email ? "their device" : null);
    const known = { deviceOf, signedIn: (email: string) => void emails.push(email) };
    expect(await attempt(user.email, "wrong", known)).toBeNull();
    expect(await attempt(user.email, "correct horse", known)).toMatchObject({ id: user.id });
    expect(emails).toEqual([user.email]);
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
    const visited = oauth(user.email, true);
    expect(await callbacks().signIn(visited as never)).toBe(true);
    expect(claimOf(await callbacks().jwt({ token: {}, ...visited } as never))).toMatchObject({
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
