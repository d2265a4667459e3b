import { getToken, type GetTokenParams, type JWT } from "next-auth/jwt";
import { cookies } from "next/headers";
import { database } from "#/db/client.ts";
import { env } from "#/lib/core/env.ts";
import { userOfSession, type SessionUser } from "#/lib/tenancy/users.ts";
import { hasSignedOut } from "./signed-out.ts";

/** What the session cookie claims; valid only while the database agrees (`userOfSession`, `actorInWorkspace`). */
export type SessionClaim = { userId: string; sessionVersion: number };

/** Decrypts the session cookie among these cookies; null without one, or with one that is forged, ended or expired. */
export async function sessionClaim(cookieValues: Record<string, string>): Promise<SessionClaim | null> {
  return claimOf(await getToken(tokenParams(cookieValues)));
}

/** The claim in a decrypted token; null when it is not ours or has signed out. Pure but for the sign-outs. */
export function claimOf(token: JWT | null): SessionClaim | null {
  const { userId, sessionVersion, sessionId } = token ?? {};
  if (typeof userId !== "string" || typeof sessionVersion !== "number" || typeof sessionId !== "string") return null;
  return hasSignedOut(sessionId) ? null : { userId, sessionVersion };
}

/** Who is signed in on this page or server action, read afresh; null when nobody is. */
export async function sessionUser(): Promise<SessionUser | null> {
  const claim = await sessionClaim(await requestCookies());
  return claim ? userOfSession(database(), claim) : null;
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
