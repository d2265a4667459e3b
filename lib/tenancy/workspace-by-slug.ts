import type { DbHandle } from "#/db/client.ts";
import type { WorkspaceRef } from "./ctx.ts";
import { selectWorkspaceBySlug } from "./workspace-store.ts";

/** The workspace with this slug, or null. Says nothing about access: the caller decides that. */
export function workspaceBySlug(db: DbHandle, slug: string): Promise<WorkspaceRef | null> {
  return slug.includes("\u0000") ? Promise.resolve(null) : selectWorkspaceBySlug(db, slug);
}
