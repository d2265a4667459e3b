import { and, asc, eq, isNotNull, isNull, sql } from "drizzle-orm";
import type { DbHandle, Transaction } from "#/db/client.ts";
import { providerAccess, providerCircuits, workspaceModels } from "#/db/schema/models.ts";
import { env } from "#/lib/core/env.ts";
import { openSecret, type SealedStore, sealSecret } from "#/lib/core/secret-box.ts";
import { type CatalogueEntry, workspaceCatalogue } from "./catalogue.ts";
import type { ProviderAccess } from "./chat.ts";
import type { Circuit } from "./circuit.ts";
import { circuitColumns, ofProvider } from "./circuit-store.ts";

/** The catalogue of a workspace as of now. The caller has been authorised. */
export async function loadCatalogue(db: DbHandle, workspaceId: string): Promise<CatalogueEntry[]> {
  const rows = await db.select().from(workspaceModels).where(eq(workspaceModels.workspaceId, workspaceId));
  return workspaceCatalogue(rows, new Date());
}

/** Retires a model in this workspace; false when it already was. One statement, so only one of two calls changes it. */
export async function insertRetirement(tx: Transaction, workspaceId: string, model: CatalogueEntry): Promise<boolean> {
  const now = new Date();
  const changed = await tx
    .insert(workspaceModels)
    .values({
      workspaceId,
      ref: model.ref,
      modelId: model.id,
      provider: model.provider,
      name: model.name,
      retiredAt: now,
    })
    .onConflictDoUpdate({
      target: [workspaceModels.workspaceId, workspaceModels.ref],
      set: { retiredAt: now, updatedAt: now },
      setWhere: isNull(workspaceModels.retiredAt),
    })
    .returning({ ref: workspaceModels.ref });
  return changed.length > 0;
}

/** Takes a retirement back; false when there was none. */
export async function deleteRetirement(tx: Transaction, workspaceId: string, ref: string): Promise<boolean> {
  const changed = await tx
    .update(workspaceModels)
    .set({ retiredAt: null, updatedAt: new Date() })
    .where(
      and(
        eq(workspaceModels.workspaceId, workspaceId),
        eq(workspaceModels.ref, ref),
        isNotNull(workspaceModels.retiredAt),
      ),
    )
    .returning({ ref: workspaceModels.ref });
  return changed.length > 0;
}

/** Binds a sealed provider key to its owner: it opens in no other workspace and for no other provider. */
export function providerKeyContext(workspaceId: string, provider: string): string {
  return `${workspaceId}/provider/${provider}`;
}

/**
 * A workspace's own access to a provider with its key opened, and what it knows about a provider that failed; null for
 * whichever does not exist. One statement: a call to a provider that works needs no second query.
 */
export async function selectProviderAccess(
  db: DbHandle,
  workspaceId: string,
  provider: string,
): Promise<{ access: ProviderAccess | null; circuit: Circuit | null }> {
  const { kind, baseUrl, sealedKey } = providerAccess;
  const ofAccess = and(eq(providerAccess.workspaceId, workspaceId), eq(providerAccess.provider, provider));
  const [row] = await db
    .select({ access: { kind, baseUrl, sealedKey }, circuit: circuitColumns })
    .from(sql`(select 1) as asked`)
    .leftJoin(providerAccess, ofAccess)
    .leftJoin(providerCircuits, ofProvider(workspaceId, provider));
  if (!row?.access) return { access: null, circuit: row?.circuit ?? null };
  const context = providerKeyContext(workspaceId, provider);
  const apiKey = openSecret(env("REPRISE_MASTER_KEYS"), context, row.access.sealedKey);
  return { access: { kind: row.access.kind, provider, apiKey, baseUrl: row.access.baseUrl }, circuit: row.circuit };
}

export type ProviderRow = Omit<typeof providerAccess.$inferSelect, "sealedKey" | "workspaceId">;
const shownColumns = {
  provider: providerAccess.provider,
  kind: providerAccess.kind,
  baseUrl: providerAccess.baseUrl,
  updatedAt: providerAccess.updatedAt,
};

/** A workspace's own providers by name, without their keys. */
export function selectProviders(db: DbHandle, workspaceId: string): Promise<ProviderRow[]> {
  return db
    .select(shownColumns)
    .from(providerAccess)
    .where(eq(providerAccess.workspaceId, workspaceId))
    .orderBy(asc(providerAccess.provider));
}

/** The row of one provider, locked, so that each of two concurrent changes sees the other's. */
export async function lockProvider(
  tx: Transaction,
  workspaceId: string,
  provider: string,
): Promise<ProviderRow | null> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`provider|${workspaceId}|${provider}`}, 0))`);
  const rows = await tx
    .select(shownColumns)
    .from(providerAccess)
    .where(and(eq(providerAccess.workspaceId, workspaceId), eq(providerAccess.provider, provider)));
  return rows[0] ?? null;
}

export async function upsertProvider(
  tx: Transaction,
  workspaceId: string,
  row: Pick<ProviderRow, "provider" | "kind" | "baseUrl"> & { apiKey: string },
): Promise<void> {
  const { provider, kind, baseUrl, apiKey } = row;
  const sealedKey = sealSecret(env("REPRISE_MASTER_KEYS"), providerKeyContext(workspaceId, provider), apiKey);
  await tx
    .insert(providerAccess)
    .values({ workspaceId, provider, kind, baseUrl, sealedKey })
    .onConflictDoUpdate({
      target: [providerAccess.workspaceId, providerAccess.provider],
      set: { kind, baseUrl, sealedKey, updatedAt: sql`now()` },
    });
}

export async function deleteProviderRow(tx: Transaction, workspaceId: string, provider: string): Promise<boolean> {
  const gone = await tx
    .delete(providerAccess)
    .where(and(eq(providerAccess.workspaceId, workspaceId), eq(providerAccess.provider, provider)))
    .returning({ provider: providerAccess.provider });
  return gone.length > 0;
}

/** False when the workspace already has a row for that model. */
export async function insertModel(
  tx: Transaction,
  workspaceId: string,
  model: Pick<CatalogueEntry, "ref" | "id" | "provider" | "name" | "price">,
): Promise<boolean> {
  const { id, price, ...entry } = model;
  const made = await tx
    .insert(workspaceModels)
    .values({ workspaceId, modelId: id, price: price ?? null, ...entry })
    .onConflictDoNothing()
    .returning({ ref: workspaceModels.ref });
  return made.length > 0;
}

const placeOfKey = sql<string>`${providerAccess.workspaceId} || '/provider/' || ${providerAccess.provider}`;

/** For master key rotation: every workspace's provider keys. */
export function sealedProviderKeys(db: DbHandle): SealedStore {
  return {
    name: "provider keys",
    notUnder: (keyId, after, limit) =>
      db
        .select({ context: placeOfKey, sealed: providerAccess.sealedKey })
        .from(providerAccess)
        .where(and(sql`not starts_with(${providerAccess.sealedKey}, ${`${keyId}:`})`, sql`${placeOfKey} > ${after}`))
        .orderBy(placeOfKey)
        .limit(limit),
    replace: async ({ context, sealed }, fresh) => {
      await db
        .update(providerAccess)
        .set({ sealedKey: fresh })
        .where(and(sql`${placeOfKey} = ${context}`, eq(providerAccess.sealedKey, sealed)));
    },
  };
}
