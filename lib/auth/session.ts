import { getToken, type GetTokenParams, type JWT } from "next-auth/jwt";
import { cookies } from "next/headers";
import { database } from "#/db/client.ts";
import { env } from "#/lib/core/env.ts";
import { userOfSession, type SessionClaim } from "#/lib/tenancy/sessions.ts";
import type { SessionUser } from "#/lib/tenancy/users.ts";

/** Decrypts the session cookie among these cookies; null without one, or with one that is forged or expired. */
export async function sessionClaim(cookieValues: Record<string, string>): Promise<SessionClaim | null> {
  return claimOf(await getToken(tokenParams(cookieValues)));
}

/** The claim in a decrypted token, which the database must still agree with; null when it is not ours. Pure. */
export function claimOf(token: JWT | null): SessionClaim | null {
  const { userId, sessionId } = token ?? {};
  return typeof userId === "string" && typeof sessionId === "string" ? { userId, sessionId } : null;
}

/** Who is signed in on this page or server action, read afresh; null when nobody is. */
export async function sessionUser(): Promise<SessionUser | null> {
  return (await signedIn())?.user ?? null;
}

/** The same with the session itself, for actions on the person's own access. */
export async function signedIn(): Promise<{ user: SessionUser; session: SessionClaim } | null> {
  const session = await sessionClaim(await requestCookies());
  const user = session ? await userOfSession(database(), session) : null;
  return session && user ? { user, session } : null;
}

/** The cookies of the page or action being served. */
export async function requestCookies(): Promise<Record<string, string>> {
  const all = (await cookies()).getAll();
  return Object.fromEntries(all.map(({ name, value }) => [name, value]));
}

/** The cookies of a plain Request. */
export function cookiesOf(request: Request): Record<string, string> {
  const header = request.headers.get("cookie") ?? "";
  const pairs = header.split(";").flatMap((pair) => {
    const at = pair.indexOf("=");
    return at < 1 ? [] : [[pair.slice(0, at).trim(), decodedCookie(pair.slice(at + 1).trim())] as const];
  });
  return Object.fromEntries(pairs);
}

function decodedCookie(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** next-auth wants a request but reads only its cookies; no headers, so that it takes no token from Authorization. */
function tokenParams(cookieValues: Record<string, string>): GetTokenParams {
  const req = { cookies: cookieValues, headers: {} } as unknown as GetTokenParams["req"];
  return { req, secret: env("NEXTAUTH_SECRET") };
}
