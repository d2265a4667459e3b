import { NextResponse, type NextRequest } from "next/server";
import { problemResponse } from "#/lib/api/answer.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { newId } from "#/lib/core/ids.ts";

/**
 * Only a courtesy: without a session cookie, a page leads to the sign-in page. Never authorisation (every page, route
 * and action checks for itself). And an address that is no UTF-8 is refused here, since Next answers it with a 500.
 */
export function middleware(request: NextRequest): Response {
  const { pathname, search } = request.nextUrl;
  if (!isDecodable(pathname)) return refuseAddress(request, pathname);
  if (!pagePath.test(pathname) || hasSessionCookie(request)) return NextResponse.next();
  const signIn = new URL("/login", request.nextUrl);
  signIn.searchParams.set("callbackUrl", `${pathname}${search}`);
  return NextResponse.redirect(signIn);
}

/** next-auth's cookie, whole or in parts (`.0`), with the prefix that it has under https. */
function hasSessionCookie(request: NextRequest): boolean {
  return request.cookies.getAll().some(({ name }) => /^(__Secure-)?next-auth\.session-token(\.\d+)?$/.test(name));
}

function isDecodable(pathname: string): boolean {
  try {
    decodeURIComponent(pathname);
    return true;
  } catch {
    return false;
  }
}

function refuseAddress(request: NextRequest, pathname: string): Response {
  const problem = "The address is not valid: its percent-encoding is not UTF-8.";
  if (!/^\/api(\/|$)/.test(pathname)) return new Response(problem, { status: 400 });
  return problemResponse(new DomainError("validation_failed", problem), newId("request"), request.method);
}

/**
 * Pages only: not /api, /login, links that let somebody in (an invitation, a password), Next's own files, files with an
 * extension, or the root (it decides for itself).
 */
const pagePath = /^\/(?!api\/|api$|login|invite\/|account\/password\/|_next\/|.*\..*|$).*$/;

/** `matcher` must be literal; its first pattern is `pagePath`, its second every address with an escape. */
export const config = {
  runtime: "nodejs",
  matcher: ["/((?!api/|api$|login|invite/|account/password/|_next/|.*\\..*|$).*)", "/(.*%.*)"],
};
