import { randomUUID } from "node:crypto";
import type { Account, AuthOptions, Profile, User } from "next-auth";
import Credentials from "next-auth/providers/credentials";
import { database } from "#/db/client.ts";
import { env } from "#/lib/core/env.ts";
import { logger } from "#/lib/core/logger.ts";
import { normalEmail, userByIdentity, userByPassword, type SessionUser } from "#/lib/tenancy/users.ts";
import { oauthProviders } from "./oauth-providers.ts";
import { sessionMaxAgeMs } from "./session-age.ts";
import { SignInThrottle } from "./sign-in-throttle.ts";
import { rememberSignOut } from "./signed-out.ts";

const throttle = ((globalThis as { repriseThrottle?: SignInThrottle }).repriseThrottle ??= new SignInThrottle());

/** What next-auth is told, read from the environment at each request (a build has none). */
export function authOptions(): AuthOptions {
  return {
    secret: env("NEXTAUTH_SECRET"),
    session: { strategy: "jwt", maxAge: sessionMaxAgeMs / 1000 },
    pages: { signIn: "/login", error: "/login" },
    providers: [passwordProvider(), ...oauthProviders()],
    callbacks: {
      async signIn({ user, account, profile }) {
        if (account?.type === "credentials") return true;
        return (await userOfProvider(user, account, profile)) !== null;
      },
      async jwt({ token, user, account, profile }) {
        if (!account) return token;
        const signedIn =
          account.type === "credentials"
            ? (user as unknown as SessionUser)
            : await userOfProvider(user, account, profile);
        if (!signedIn) throw new Error("a sign-in was accepted for nobody");
        const { id: userId, sessionVersion, email, name } = signedIn;
        return { userId, sessionVersion, sessionId: randomUUID(), email, name };
      },
    },
    events: {
      async signOut({ token }) {
        if (typeof token?.["sessionId"] === "string") rememberSignOut(token["sessionId"]);
      },
    },
    logger: {
      error: (code) => logger.error({ code }, "sign-in failed"),
      warn: (code) => logger.warn({ code }, "sign-in"),
      debug: () => {},
    },
  };
}

function passwordProvider() {
  return Credentials({
    id: "credentials",
    name: "Email and password",
    credentials: { email: { type: "email" }, password: { type: "password" } },
    async authorize(credentials, request) {
      const email = normalEmail(String(credentials?.email ?? ""));
      const password = String(credentials?.password ?? "");
      if (email === "" || email.length > 320 || password.length > 1000 || email.includes("\u0000")) return null;
      const address = clientAddress(request.headers);
      const waitMs = throttle.waitMs(email, address, Date.now());
      if (waitMs > 0) throw new Error(`Too many failed sign-ins. Try again in ${Math.ceil(waitMs / 60_000)} minutes.`);
      const user = await userByPassword(database(), email, password);
      if (user) throttle.succeeded(email, address);
      else throttle.failed(email, address, Date.now());
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
    emailVerified: verified === true || verified === "true",
  });
}

function clientAddress(headers: unknown): string {
  const forwarded = (headers as Record<string, unknown> | undefined)?.["x-forwarded-for"];
  return typeof forwarded === "string" ? (forwarded.split(",").at(-1)?.trim() ?? "") : "";
}
