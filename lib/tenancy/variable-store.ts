import { and, asc, eq, sql } from "drizzle-orm";
import { builtOnce } from "#/db/built-once.ts";
import type { Database, DbHandle, Transaction } from "#/db/client.ts";
import { environmentVariables } from "#/db/schema/tenancy.ts";
import type { SealedStore } from "#/lib/core/secret-box.ts";

export type VariableRow = { name: string; secret: boolean; value: string };

export function selectVariables(db: DbHandle, workspaceId: string, environment: string): Promise<VariableRow[]> {
  return db
    .select({ name: environmentVariables.name, secret: environmentVariables.secret, value: environmentVariables.value })
    .from(environmentVariables)
    .where(and(eq(environmentVariables.workspaceId, workspaceId), eq(environmentVariables.environment, environment)))
    .orderBy(asc(environmentVariables.name));
}

/** The variables of several environments in one read, by name. */
export function selectVariablesOf(db: Database, places: readonly { workspaceId: string; environment: string }[]) {
  return variablesOf(db).execute({
    workspaceIds: places.map((place) => place.workspaceId),
    environments: places.map((place) => place.environment),
  });
}

const variablesOf = builtOnce((db) => {
  const { workspaceId, environment, name, secret, value } = environmentVariables;
  return db
    .select({ workspaceId, environment, name, secret, value })
    .from(environmentVariables)
    .where(
      sql`(${workspaceId}, ${environment}) in (
        select * from unnest(${sql.placeholder("workspaceIds")}::text[], ${sql.placeholder("environments")}::text[]))`,
    )
    .orderBy(asc(name))
    .prepare("variables_of");
});

/** Names of the environments that have a variable. */
export async function selectEnvironments(db: DbHandle, workspaceId: string): Promise<string[]> {
  const rows = await db
    .selectDistinct({ environment: environmentVariables.environment })
    .from(environmentVariables)
    .where(eq(environmentVariables.workspaceId, workspaceId));
  return rows.map((row) => row.environment);
}

export async function replaceVariables(
  tx: Transaction,
  workspaceId: string,
  environment: string,
  rows: VariableRow[],
): Promise<void> {
  await tx
    .delete(environmentVariables)
    .where(and(eq(environmentVariables.workspaceId, workspaceId), eq(environmentVariables.environment, environment)));
  if (rows.length > 0)
    await tx.insert(environmentVariables).values(rows.map((row) => ({ workspaceId, environment, ...row })));
}

/** Serialises replacements of one environment: otherwise two at once would both delete, then collide. */
export async function lockVariables(tx: Transaction, workspaceId: string, environment: string): Promise<void> {
  await tx.execute(
    sql`select pg_advisory_xact_lock(hashtextextended(${`variables|${workspaceId}|${environment}`}, 0))`,
  );
}

const placeOfVariable = sql<string>`${environmentVariables.workspaceId} || '/' || ${environmentVariables.environment} || '/' || ${environmentVariables.name}`;

/** For the rotation of master keys: every secret variable. */
export function sealedVariables(db: DbHandle): SealedStore {
  return {
    name: "variables",
    notUnder: (keyId, after, limit) =>
      db
        .select({ context: placeOfVariable, sealed: environmentVariables.value })
        .from(environmentVariables)
        .where(
          and(
            eq(environmentVariables.secret, true),
            sql`not starts_with(${environmentVariables.value}, ${`${keyId}:`})`,
            sql`${placeOfVariable} > ${after}`,
          ),
        )
        .orderBy(placeOfVariable)
        .limit(limit),
    replace: async ({ context, sealed }, fresh) => {
      await db
        .update(environmentVariables)
        .set({ value: fresh })
        .where(and(sql`${placeOfVariable} = ${context}`, eq(environmentVariables.value, sealed)));
    },
  };
}
