import { headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { cache } from "react";
import { DomainError } from "#/lib/core/errors.ts";
import { newId } from "#/lib/core/ids.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { addressHeader } from "./address-header.ts";
import { memberContext } from "./authenticate.ts";
import { requestCookies, sessionClaim } from "./session.ts";
import { signInPath } from "./sign-in-address.ts";

/**
 * What the pages of a workspace start from: the signed-in member. Without a session it redirects to the sign-in page,
 * for a workspace that is not the user's it answers as for one that does not exist. Runs once per request.
 */
export const pageContext = cache(async (workspaceSlug: string): Promise<Ctx> => {
  const claim = await sessionClaim(await requestCookies());
  if (!claim) redirect(signInPath(await wantedAddress(workspaceSlug)));
  const found = await memberContext(claim, decodedSlug(workspaceSlug), newId("request")).catch(refusal);
  if (found === "not_found") notFound();
  if (found === "unauthenticated") redirect(signInPath(await wantedAddress(workspaceSlug)));
  return found;
});

/** Where the person wanted to go, to return to after signing in. */
async function wantedAddress(workspaceSlug: string): Promise<string> {
  return (await headers()).get(addressHeader) ?? `/${workspaceSlug}/monitoring/workflow-runs`;
}

function refusal(error: unknown): "not_found" | "unauthenticated" {
  if (error instanceof DomainError && (error.code === "not_found" || error.code === "unauthenticated"))
    return error.code;
  throw error;
}

/** Page params arrive encoded; a slug needs no encoding, so any `%` is someone probing. */
function decodedSlug(slug: string): string {
  return slug.includes("%") ? "" : slug;
}
