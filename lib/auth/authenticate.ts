import { database, databaseOf } from "#/db/client.ts";
import { databaseClockKnown } from "#/db/clock.ts";
import { systemClock } from "#/lib/core/clock.ts";
import { DomainError, invalidField, notFound } from "#/lib/core/errors.ts";
import { sha256Hex } from "#/lib/core/hash.ts";
import type { Actor, Ctx, WorkspaceRef } from "#/lib/tenancy/ctx.ts";
import { resolveApiKey } from "#/lib/tenancy/resolve-api-key.ts";
import { actorInWorkspace, userOfSession, type SessionClaim } from "#/lib/tenancy/sessions.ts";
import { clientAddress } from "./client-address.ts";
import { isOwnOrigin } from "./origin.ts";
import { cookiesOf, sessionClaim } from "./session.ts";
import { wrongKeys } from "./wrong-keys.ts";

/**
 * Who calls, and in which workspace. An API key (`Authorization: Bearer`) names its workspace; a session cookie needs
 * `?workspace=slug` and, to change anything, an Origin of our own. Throws unauthenticated, too_many_requests, forbidden,
 * not_found.
 */
export async function authenticate(request: Request, requestId: string): Promise<Ctx> {
  const authorization = request.headers.get("authorization");
  const found = authorization === null ? await bySession(request) : await byApiKey(authorization, request.headers);
  return contextOf(found, requestId);
}

/** The actor behind an API key, or unauthenticated; too_many_requests where too many wrong ones come from. */
async function byApiKey(authorization: string, headers: Headers): Promise<{ actor: Actor; workspace: WorkspaceRef }> {
  await databaseClockKnown();
  const secret = bearerOf(authorization);
  const found = secret === null ? null : await resolveApiKey(database(), secret);
  if (found) return found;
  const address = clientAddress(headers.get("x-forwarded-for"));
  const retryAfterMs = address === "" ? 0 : wrong.note(address, sha256Hex(authorization), performance.now());
  if (retryAfterMs > 0)
    throw new DomainError("too_many_requests", "Too many wrong API keys from your address. Right ones work.", {
      details: { retryAfterMs },
    });
  throw new DomainError("unauthenticated", "This API key is not valid.");
}

const wrong = wrongKeys();

/** What verbs get: a handle that opens no more transactions than are this workspace's share. */
function contextOf(found: { actor: Actor; workspace: WorkspaceRef }, requestId: string): Ctx {
  return { ...found, db: databaseOf(found.workspace.id), clock: systemClock, requestId };
}

/** The session's actor in the workspace. Throws not_found for a non-member, unauthenticated for an ended session. */
export async function memberContext(claim: SessionClaim, slug: string, requestId: string): Promise<Ctx> {
  await databaseClockKnown();
  const found = await actorInWorkspace(database(), claim, slug);
  if (found) return contextOf(found, requestId);
  if (await userOfSession(database(), claim)) throw notFound("Workspace");
  throw new DomainError("unauthenticated", "Your session has ended. Sign in again.");
}

async function bySession(request: Request): Promise<{ actor: Actor; workspace: WorkspaceRef }> {
  const claim = await sessionClaim(cookiesOf(request));
  if (!claim) throw new DomainError("unauthenticated", "Send an API key as Authorization: Bearer, or sign in.");
  if (!isSafe(request.method) && !isOwnOrigin(request.headers))
    throw new DomainError("forbidden", "This request does not come from a page of this site.");
  const slug = new URL(request.url).searchParams.get("workspace");
  if (slug === null) throw invalidField("query.workspace", "a signed-in request names its workspace");
  return memberContext(claim, slug, "");
}

function isSafe(method: string): boolean {
  return method === "GET" || method === "HEAD";
}

function bearerOf(authorization: string): string | null {
  return /^Bearer +(\S+) *$/i.exec(authorization)?.[1] ?? null;
}
