import NextAuth from "next-auth";
import { NextRequest } from "next/server";
import { authOptions } from "#/lib/auth/auth-options.ts";
import { clientAddress } from "#/lib/auth/client-address.ts";
import { deviceCookie, deviceOf, rememberDevice } from "#/lib/auth/device-cookie.ts";
import { cookiesOf } from "#/lib/auth/session.ts";
import { DomainError, notFound } from "#/lib/core/errors.ts";
import { newId } from "#/lib/core/ids.ts";
import { problemResponse } from "./answer.ts";
import { readBytes } from "./request-body.ts";

/** A sign-in form is a few hundred bytes; nobody has said who they are yet. */
export const maxAuthBodyBytes = 64 * 1024;

/** What next-auth serves for us: not `_log`, through which anybody could write into our log, and no pages for mail links. */
const actions: ReadonlySet<string | undefined> = new Set([
  "providers",
  "session",
  "csrf",
  "signin",
  "signout",
  "callback",
  "error",
]);

/**
 * Lets next-auth serve a request below /api/auth; `path` is the rest. Refuses as problem details what next-auth would
 * read whole without a limit, or fail on: a body of more than 64 KiB, and one that is no form. Options are made per request:
 * the environment is not there when the route is built. After a right password the browser keeps which device it is.
 */
export async function serveAuth(request: Request, path: string[]): Promise<Response> {
  try {
    if (!actions.has(path[0])) throw notFound("Resource");
    const read = await bounded(request);
    const device = cookiesOf(request)[deviceCookie()];
    let email: string | null = null;
    const options = authOptions({
      userAgent: request.headers.get("user-agent"),
      address: clientAddress(request.headers.get("x-forwarded-for")),
      deviceOf: (whose) => deviceOf(device, whose),
      signedIn: (whose) => void (email = whose),
    });
    const response = (await NextAuth(options)(read, { params: Promise.resolve({ nextauth: path }) })) as Response;
    if (email !== null) response.headers.append("set-cookie", rememberDevice(deviceOf(device, email), email));
    return response;
  } catch (error) {
    return problemResponse(error, newId("request"), `${request.method} /api/auth`);
  }
}

/** The request with its body read. Throws payload_too_large and unsupported_media_type. */
async function bounded(request: Request): Promise<NextRequest> {
  const { method, url, headers } = request;
  if (method !== "POST") return new NextRequest(url, { method, headers });
  const body = await readBytes(request, maxAuthBodyBytes);
  if (body.length > 0 && !isForm(headers.get("content-type")))
    throw new DomainError("unsupported_media_type", "The body must be application/x-www-form-urlencoded.");
  return new NextRequest(url, { method, headers, body: body.length > 0 ? new Uint8Array(body) : null });
}

function isForm(contentType: string | null): boolean {
  return contentType?.split(";")[0]?.trim().toLowerCase() === "application/x-www-form-urlencoded";
}
