import { and, eq, inArray } from "drizzle-orm";
import type { DbHandle } from "#/db/client.ts";
import { apiKeys, members, users } from "#/db/schema/tenancy.ts";

type Named = { id: string; name: string };

export function selectMemberNames(db: DbHandle, workspaceId: string, ids: string[]): Promise<Named[]> {
  return db
    .select({ id: users.id, name: users.name })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(and(eq(members.workspaceId, workspaceId), inArray(members.userId, ids)));
}

export function selectKeyNames(db: DbHandle, workspaceId: string, ids: string[]): Promise<Named[]> {
  return db
    .select({ id: apiKeys.id, name: apiKeys.name })
    .from(apiKeys)
    .where(and(eq(apiKeys.workspaceId, workspaceId), inArray(apiKeys.id, ids)));
}
