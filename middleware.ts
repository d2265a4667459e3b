import { randomBytes } from "node:crypto";
import { NextResponse, type NextRequest } from "next/server";
import { problemResponse } from "#/lib/api/answer.ts";
import { bareCsp, pagePolicy, transportHeaders } from "#/lib/api/security-headers.ts";
import { addressHeader } from "#/lib/auth/address-header.ts";
import { isOwnOrigin } from "#/lib/auth/origin.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { newId } from "#/lib/core/ids.ts";
import { signInPath } from "#/lib/auth/sign-in-address.ts";

/**
 * Stands before pages. It gives each request a nonce and its content security policy, refuses what another site's page
 * would change (before Next answers that with a 500), a body larger than Next reads for an action, and an address that is no UTF-8 (the same), and, as a courtesy,
 * leads to the sign-in page. Never authorisation: every page, route and action checks for itself.
 */
export function middleware(request: NextRequest): Response {
  const { pathname, search } = request.nextUrl;
  if (!isDecodable(pathname)) return refuseAddress(request, pathname);
  if (apiPath.test(pathname)) return NextResponse.next();
  const nonce = randomBytes(16).toString("base64");
  const policy = pagePolicy(nonce, process.env.NODE_ENV === "development");
  return withPageHeaders(answerPage(request, `${pathname}${search}`, nonce, policy), policy);
}

function answerPage(request: NextRequest, address: string, nonce: string, policy: string): Response {
  if (!isRead(request.method) && !isOwnOrigin(request.headers)) return refuseOrigin();
  if (Number(request.headers.get("content-length") ?? 0) > maxActionBytes) return refuseSize();
  // An action answers for itself, as data: led to the sign-in page, it would look like a server that cannot be reached.
  if (!isRead(request.method) || !needsSession.test(request.nextUrl.pathname) || hasSessionCookie(request)) {
    const headers = new Headers(request.headers);
    headers.set(addressHeader, address);
    // Next puts the nonce of this header on its own scripts; the layout reads the other one.
    headers.set("content-security-policy", policy);
    headers.set("x-nonce", nonce);
    return NextResponse.next({ request: { headers } });
  }
  return NextResponse.redirect(new URL(signInPath(address), request.nextUrl));
}

function withPageHeaders(response: Response, policy: string): Response {
  const headers = { "content-security-policy": policy, ...transportHeaders(process.env["NEXTAUTH_URL"]) };
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  return response;
}

function isRead(method: string): boolean {
  return method === "GET" || method === "HEAD";
}

/** What Next reads of the body of an action, the only thing that is sent to a page. */
const maxActionBytes = 1024 * 1024;

function refuseSize(): Response {
  return new Response("The body is larger than 1 MiB.", { status: 413 });
}

function refuseOrigin(): Response {
  return new Response("This request does not come from a page of this site.", { status: 403 });
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
  if (!apiPath.test(pathname)) return withPageHeaders(new Response(problem, { status: 400 }), bareCsp);
  return problemResponse(new DomainError("validation_failed", problem), newId("request"), request.method);
}

const apiPath = /^\/api(\/|$)/;

/**
 * Not /login, links that let somebody in (an invitation, a password), files with an extension, or the root (it decides
 * for itself).
 */
const needsSession = /^\/(?!login|invite\/|account\/password\/|.*\..*|$).*$/;

/** `matcher` must be literal: every address but /api and Next's own files, and every address with an escape. */
export const config = {
  runtime: "nodejs",
  matcher: ["/((?!api/|api$|_next/).*)", "/(.*%.*)"],
};
