import { Slug } from "#/lib/contract/workflow.ts";

/** First path segments that the application uses, so that no workspace can shadow or imitate them. */
const reservedSlugs: ReadonlySet<string> = new Set([
  "_next",
  "account",
  "admin",
  "api",
  "assets",
  "auth",
  "docs",
  "favicon-ico",
  "health",
  "help",
  "icon",
  "invite",
  "login",
  "logout",
  "mcp",
  "new",
  "otel",
  "public",
  "robots-txt",
  "settings",
  "sign-in",
  "sign-out",
  "signup",
  "static",
  "status",
  "support",
  "v1",
  "well-known",
  "www",
]);

/** Whether a workspace may have this slug. Pure; the database ensures uniqueness. */
export function isWorkspaceSlug(slug: string): boolean {
  return Slug.safeParse(slug).success && !reservedSlugs.has(slug);
}
