import type { Account, AuthOptions, Profile, User } from "next-auth";
import type { JWT } from "next-auth/jwt";
import Credentials from "next-auth/providers/credentials";
import { database } from "#/db/client.ts";
import { env } from "#/lib/core/env.ts";
import { logger } from "#/lib/core/logger.ts";
import { endSession, sessionMaxAgeMs, startSession, userOfSession } from "#/lib/tenancy/sessions.ts";
import { throttled } from "#/lib/tenancy/sign-in-throttle.ts";
import { normalEmail, userByIdentity, userByPassword, type SessionUser } from "#/lib/tenancy/users.ts";
import { oauthProviders } from "./oauth-providers.ts";
import { claimOf } from "./session.ts";
import { signInPage } from "./sign-in-address.ts";

/** The request that signs in: its `userAgent` labels the session in lists. */
export type SignInVisit = {
  userAgent: string | null;
  /** The client's; "" = unknown. */
  address: string;
  /** The device, if this email has signed in on it before. */
  deviceOf: (email: string) => string | null;
  /** Called for each right password. */
  signedIn: (email: string) => void;
};

/** What next-auth is told, read from the environment at each request (a build has none). */
export function authOptions(visit: SignInVisit): AuthOptions {
  return {
    secret: env("NEXTAUTH_SECRET"),
    session: { strategy: "jwt", maxAge: sessionMaxAgeMs / 1000 },
    pages: { signIn: signInPage, error: signInPage },
    providers: [passwordProvider(visit), ...oauthProviders()],
    callbacks: {
      async signIn({ user, account, profile }) {
        if (account?.type === "credentials") return true;
        return (await userOfProvider(user, account, profile)) !== null;
      },
      async jwt({ token, user, account, profile }) {
        // Called when the cookie is renewed: a session that has ended, in any process, loses it.
        if (!account) return await stillValid(token);
        const signedIn =
          account.type === "credentials"
            ? (user as unknown as SessionUser)
            : await userOfProvider(user, account, profile);
        if (!signedIn) throw new Error("a sign-in was accepted for nobody");
        const { id: userId, email, name } = signedIn;
        return { userId, sessionId: await startSession(database(), signedIn, visit.userAgent), email, name };
      },
    },
    events: {
      async signOut({ token }) {
        const claim = claimOf(token);
        if (claim) await endSession(database(), claim);
      },
    },
    logger: {
      error: (code) => logger.error({ code }, "sign-in failed"),
      warn: (code) => logger.warn({ code }, "sign-in"),
      debug: () => {},
    },
  };
}

async function stillValid(token: JWT): Promise<JWT> {
  const claim = claimOf(token);
  if (!claim || !(await userOfSession(database(), claim))) throw new Error("the session has ended");
  return token;
}

function passwordProvider(visit: SignInVisit) {
  return Credentials({
    id: "credentials",
    name: "Email and password",
    credentials: { email: { type: "email" }, password: { type: "password" } },
    async authorize(credentials) {
      const email = normalEmail(String(credentials?.email ?? ""));
      const password = String(credentials?.password ?? "");
      if (email === "" || email.length > 320 || password.length > 1000 || email.includes("\u0000")) return null;
      const who = { email, address: visit.address, device: visit.deviceOf(email) };
      const user = await throttled(database(), who, () => userByPassword(database(), email, password));
      if (user) visit.signedIn(email);
      return user;
    },
  });
}

/** Our user behind what a provider says; the email counts only when the provider vouches for it. */
function userOfProvider(
  user: User,
  account: Account | null,
  profile: Profile | undefined,
): Promise<SessionUser | null> {
  if (!account) return Promise.resolve(null);
  const verified = (profile as { email_verified?: unknown } | undefined)?.email_verified;
  return userByIdentity(database(), {
    provider: account.provider,
    subject: account.providerAccountId,
    email: user.email ?? null,
    name: user.name ?? null,
    emailVerified: verified === true || verified === "true",
  });
}
