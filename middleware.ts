import { NextResponse, type NextRequest } from "next/server";

/**
 * Only a courtesy: without a session cookie, a page leads to the sign-in page. Never authorisation (every page, route
 * and action checks for itself) and never on API routes.
 */
export function middleware(request: NextRequest): NextResponse {
  if (hasSessionCookie(request)) return NextResponse.next();
  const { pathname, search } = request.nextUrl;
  const signIn = new URL("/login", request.nextUrl);
  signIn.searchParams.set("callbackUrl", `${pathname}${search}`);
  return NextResponse.redirect(signIn);
}

/** next-auth's cookie, whole or in parts (`.0`), with the prefix that it has under https. */
function hasSessionCookie(request: NextRequest): boolean {
  return request.cookies.getAll().some(({ name }) => /^(__Secure-)?next-auth\.session-token(\.\d+)?$/.test(name));
}

/** Pages only: not /api, /login, Next's own files, files with an extension, or the root (it decides for itself). */
export const config = { runtime: "nodejs", matcher: ["/((?!api/|api$|login|_next/|.*\\..*|$).*)"] };
