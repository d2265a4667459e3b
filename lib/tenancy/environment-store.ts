import { and, eq } from "drizzle-orm";
import type { DbHandle, Transaction } from "#/db/client.ts";
import { environments } from "#/db/schema/tenancy.ts";

/** What was set for an environment; null when nothing was. */
export async function selectEnvironment(
  db: DbHandle,
  workspaceId: string,
  name: string,
): Promise<{ defaultTtl: string | null } | null> {
  const [row] = await db
    .select({ defaultTtl: environments.defaultTtl })
    .from(environments)
    .where(and(eq(environments.workspaceId, workspaceId), eq(environments.name, name)));
  return row ?? null;
}

/** Names of the environments for which something was set. */
export async function selectSetEnvironments(db: DbHandle, workspaceId: string): Promise<string[]> {
  const rows = await db
    .select({ name: environments.name })
    .from(environments)
    .where(eq(environments.workspaceId, workspaceId));
  return rows.map(({ name }) => name);
}

export async function upsertEnvironment(
  tx: Transaction,
  workspaceId: string,
  name: string,
  defaultTtl: string | null,
): Promise<void> {
  await tx
    .insert(environments)
    .values({ workspaceId, name, defaultTtl })
    .onConflictDoUpdate({ target: [environments.workspaceId, environments.name], set: { defaultTtl } });
}
