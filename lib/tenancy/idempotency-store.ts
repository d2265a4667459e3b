import { and, eq, lt, sql } from "drizzle-orm";
import type { DbHandle, Transaction } from "#/db/client.ts";
import { idempotencyClaims, idempotencyKeys } from "#/db/schema/tenancy.ts";
import type { SealedStore } from "#/lib/core/secret-box.ts";

export type IdempotencyRow = typeof idempotencyKeys.$inferSelect;
export type IdempotencyScope = { workspaceId: string; route: string; key: string };

/** Held until the transaction ends; false when another transaction holds it. */
export async function tryLockKey(tx: Transaction, scope: IdempotencyScope): Promise<boolean> {
  const rows = await tx.execute<{ locked: boolean }>(sql`select pg_try_advisory_xact_lock(${lockOf(scope)}) as locked`);
  return rows[0]?.locked === true;
}

/** The same lock, but waiting for it: next to a claim it is held for only two statements. */
export async function lockKey(tx: Transaction, scope: IdempotencyScope): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${lockOf(scope)})`);
}

function lockOf({ workspaceId, route, key }: IdempotencyScope) {
  return sql`hashtextextended(${`idempotency|${workspaceId}|${route}|${key}`}, 0)`;
}

/** Takes the key for `forMs`; false while someone else has it. */
export async function insertClaim(
  tx: Transaction,
  scope: IdempotencyScope,
  { owner, forMs }: { owner: string; forMs: number },
): Promise<boolean> {
  const until = sql`now() + ${forMs} * interval '1 millisecond'`;
  const rows = await tx
    .insert(idempotencyClaims)
    .values({ ...scope, owner, until })
    .onConflictDoUpdate({
      target: [idempotencyClaims.workspaceId, idempotencyClaims.route, idempotencyClaims.key],
      set: { owner, until },
      setWhere: sql`${idempotencyClaims.until} < now()`,
    })
    .returning({ owner: idempotencyClaims.owner });
  return rows.length > 0;
}

/** Releases a claim; false when somebody else has it by now. */
export async function deleteClaim(db: DbHandle, { workspaceId }: IdempotencyScope, owner: string): Promise<boolean> {
  const rows = await db
    .delete(idempotencyClaims)
    .where(and(eq(idempotencyClaims.workspaceId, workspaceId), eq(idempotencyClaims.owner, owner)))
    .returning({ owner: idempotencyClaims.owner });
  return rows.length > 0;
}

/** The result stored under the key in the last 30 days; older ones do not count. */
export async function selectResult(db: DbHandle, scope: IdempotencyScope): Promise<IdempotencyRow | null> {
  const rows = await db
    .select()
    .from(idempotencyKeys)
    .where(and(isScope(scope), sql`${idempotencyKeys.createdAt} > now() - interval '30 days'`));
  return rows[0] ?? null;
}

/** Replaces a result that has aged out. */
export async function upsertResult(tx: Transaction, row: typeof idempotencyKeys.$inferInsert): Promise<void> {
  const { workspaceId: _workspace, route: _route, key: _key, ...rest } = row;
  await tx
    .insert(idempotencyKeys)
    .values(row)
    .onConflictDoUpdate({
      target: [idempotencyKeys.workspaceId, idempotencyKeys.route, idempotencyKeys.key],
      set: { ...rest, createdAt: sql`now()` },
    });
}

export async function deleteAgedResults(db: DbHandle): Promise<void> {
  await db.delete(idempotencyKeys).where(lt(idempotencyKeys.createdAt, sql`now() - interval '30 days'`));
  await db.delete(idempotencyClaims).where(lt(idempotencyClaims.until, sql`now() - interval '1 day'`));
}

function isScope(scope: IdempotencyScope) {
  return and(
    eq(idempotencyKeys.workspaceId, scope.workspaceId),
    eq(idempotencyKeys.route, scope.route),
    eq(idempotencyKeys.key, scope.key),
  );
}

const placeOfResult = sql<string>`${idempotencyKeys.workspaceId} || '/idempotency/' || ${idempotencyKeys.route} || '/' || ${idempotencyKeys.key}`;
const resultText = sql<string>`${idempotencyKeys.responseBody}::text`;
/** Extracted from the text `{"sealed":"…"}`: parsing it as JSON would fail on results that contain U+0000. */
const sealedResult = sql<string>`substring(${resultText} from 12 for length(${resultText}) - 13)`;

/** For the rotation of master keys: results that contain a secret. */
export function sealedResults(db: DbHandle): SealedStore {
  return {
    name: "results under idempotency keys",
    notUnder: (keyId, after, limit) =>
      db
        .select({ context: placeOfResult, sealed: sealedResult })
        .from(idempotencyKeys)
        .where(
          and(
            sql`starts_with(${resultText}, '{"sealed":"') and not starts_with(${sealedResult}, ${`${keyId}:`})`,
            sql`${placeOfResult} > ${after}`,
          ),
        )
        .orderBy(placeOfResult)
        .limit(limit),
    replace: async ({ context, sealed }, fresh) => {
      await db
        .update(idempotencyKeys)
        .set({ responseBody: { sealed: fresh } })
        .where(and(sql`${placeOfResult} = ${context}`, sql`${resultText} = ${JSON.stringify({ sealed })}`));
    },
  };
}
