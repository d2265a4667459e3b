import { Slug } from "#/lib/contract/workflow.ts";

/** First path segments that belong to the application, so that no workspace can hide or imitate them. */
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

/** May a workspace have this slug? Pure; uniqueness is the database's to say. */
export function isWorkspaceSlug(slug: string): boolean {
  return Slug.safeParse(slug).success && !reservedSlugs.has(slug);
}
