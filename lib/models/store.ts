import { and, eq, isNotNull, isNull } from "drizzle-orm";
import type { DbHandle, Transaction } from "#/db/client.ts";
import { providerAccess, workspaceModels } from "#/db/schema/models.ts";
import { env } from "#/lib/core/env.ts";
import { openSecret } from "#/lib/core/secret-box.ts";
import { type CatalogueEntry, workspaceCatalogue } from "./catalogue.ts";
import type { ProviderAccess } from "./chat.ts";

/** The catalogue of a workspace as of now. The caller has been authorised. */
export async function loadCatalogue(db: DbHandle, workspaceId: string): Promise<CatalogueEntry[]> {
  const rows = await db.select().from(workspaceModels).where(eq(workspaceModels.workspaceId, workspaceId));
  return workspaceCatalogue(rows, new Date());
}

/** Marks a model retired in this workspace; false when it was already. One statement, so that of two only one changes. */
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

/** What a provider key is sealed with: it opens in no other workspace and for no other provider. */
export function providerKeyContext(workspaceId: string, provider: string): string {
  return `${workspaceId}/provider/${provider}`;
}

/** A workspace's own access to a provider with its key opened; null when it has none. */
export async function selectProviderAccess(
  db: DbHandle,
  workspaceId: string,
  provider: string,
): Promise<ProviderAccess | null> {
  const [row] = await db
    .select()
    .from(providerAccess)
    .where(and(eq(providerAccess.workspaceId, workspaceId), eq(providerAccess.provider, provider)));
  if (!row) return null;
  const context = providerKeyContext(workspaceId, provider);
  const apiKey = openSecret(env("REPRISE_MASTER_KEYS"), context, row.sealedKey);
  return { kind: row.kind, provider, apiKey, baseUrl: row.baseUrl };
}
