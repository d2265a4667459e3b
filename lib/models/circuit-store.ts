import { and, eq, isNotNull, lte, sql } from "drizzle-orm";
import type { DbHandle } from "#/db/client.ts";
import { providerCircuits } from "#/db/schema/models.ts";
import { askEveryMs, failuresToOpen, inARowMs } from "./circuit.ts";

const longestError = 500;

const fromNow = (ms: number) => sql`now() + ${`${ms} ms`}::interval`;

/** What is read of a circuit. The database's clock tells whether the provider may be asked. */
export const circuitColumns = {
  failures: providerCircuits.failures,
  openedAt: providerCircuits.openedAt,
  mayAsk: sql<boolean>`${providerCircuits.askAt} <= now()`,
  lastError: providerCircuits.lastError,
};

export function ofProvider(workspaceId: string, provider: string) {
  return and(eq(providerCircuits.workspaceId, workspaceId), eq(providerCircuits.provider, provider));
}

/**
 * Claims the one call that may be made now to a provider that is down. False when another caller has it: of many that
 * ask at the same time, in any process, only one gets it.
 */
export async function takeTurn(db: DbHandle, workspaceId: string, provider: string): Promise<boolean> {
  const taken = await db
    .update(providerCircuits)
    .set({ askAt: fromNow(askEveryMs) })
    .where(and(ofProvider(workspaceId, provider), lte(providerCircuits.askAt, sql`now()`)))
    .returning({ provider: providerCircuits.provider });
  return taken.length > 0;
}

/** Records a call that was not answered. Enough of them in a row open the circuit. */
export async function countFailure(
  db: DbHandle,
  workspaceId: string,
  provider: string,
  message: string,
): Promise<void> {
  const { failures, failedAt, openedAt, askAt } = providerCircuits;
  const isOld = sql`${openedAt} is null and ${failedAt} < ${fromNow(-inARowMs)}`;
  const inARow = sql`case when ${isOld} then 1 else ${failures} + 1 end`;
  const lastError = message.toWellFormed().replaceAll("\u0000", " ").slice(0, longestError);
  await db
    .insert(providerCircuits)
    .values({ workspaceId, provider, failures: 1, lastError })
    .onConflictDoUpdate({
      target: [providerCircuits.workspaceId, providerCircuits.provider],
      set: {
        failures: inARow,
        failedAt: sql`now()`,
        openedAt: sql`case when ${inARow} >= ${failuresToOpen} then coalesce(${openedAt}, now()) end`,
        askAt: sql`case when ${openedAt} is null then ${fromNow(askEveryMs)} else ${askAt} end`,
        lastError,
      },
    });
}

/** The provider answered, or is now reached in another way: what was known of it no longer counts. */
export async function closeCircuit(db: DbHandle, workspaceId: string, provider: string): Promise<void> {
  await db.delete(providerCircuits).where(ofProvider(workspaceId, provider));
}

export type OpenCircuit = { provider: string; openedAt: Date; failures: number; lastError: string };

/** The providers that are down for this workspace. */
export async function openCircuits(db: DbHandle, workspaceId: string): Promise<OpenCircuit[]> {
  const { provider, openedAt, failures, lastError } = providerCircuits;
  const rows = await db
    .select({ provider, openedAt, failures, lastError })
    .from(providerCircuits)
    .where(and(eq(providerCircuits.workspaceId, workspaceId), isNotNull(openedAt)));
  return rows.flatMap((row) => (row.openedAt ? [{ ...row, openedAt: row.openedAt }] : []));
}

/** For how many workspaces each provider is down, across the installation. */
export async function countOpenCircuits(db: DbHandle): Promise<{ provider: string; count: number }[]> {
  return db
    .select({ provider: providerCircuits.provider, count: sql<number>`count(*)::int` })
    .from(providerCircuits)
    .where(isNotNull(providerCircuits.openedAt))
    .groupBy(providerCircuits.provider);
}
