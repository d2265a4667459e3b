import { database } from "#/db/client.ts";
import { env } from "#/lib/core/env.ts";
import { logger } from "#/lib/core/logger.ts";
import { resealed, type SealedStore } from "#/lib/core/secret-box.ts";
import { sealedProviderKeys } from "#/lib/models/store.ts";
import { sealedResults } from "#/lib/tenancy/idempotency-store.ts";
import { sealedVariables } from "#/lib/tenancy/variable-store.ts";
import { sealedHeadersStore } from "#/lib/tools/store.ts";

const batchSize = 200;

/** How many secrets were resealed under the first key, and how many no key here can open. */
export type Resealing = { resealed: number; unreadable: number };

/**
 * Rotates the master keys while everything runs: whatever is not sealed under the first key of REPRISE_MASTER_KEYS is
 * resealed under it, batch by batch. A value that is replaced meanwhile is left as it is; one that no key opens is
 * counted and left. When it reports no unreadable ones, the other keys can be removed.
 */
export async function resealSecrets(): Promise<Resealing> {
  const db = database();
  const total = { resealed: 0, unreadable: 0 };
  for (const store of [sealedVariables(db), sealedProviderKeys(db), sealedHeadersStore(db), sealedResults(db)]) {
    const done = await resealStore(store);
    total.resealed += done.resealed;
    total.unreadable += done.unreadable;
    if (done.unreadable > 0)
      logger.error({ kind: store.name, unreadable: done.unreadable }, "secrets that no master key opens");
  }
  if (total.resealed > 0) logger.info({ resealed: total.resealed }, "secrets sealed under the first master key");
  return total;
}

async function resealStore(store: SealedStore): Promise<Resealing> {
  const keys = env("REPRISE_MASTER_KEYS");
  const done = { resealed: 0, unreadable: 0 };
  for (let after = ""; ;) {
    const batch = await store.notUnder(keys[0]?.id ?? "", after, batchSize);
    for (const value of batch) {
      const fresh = opened(() => resealed(keys, value.context, value.sealed));
      if (fresh === null) done.unreadable++;
      else {
        await store.replace(value, fresh);
        done.resealed++;
      }
    }
    const last = batch.at(-1);
    if (!last || batch.length < batchSize) return done;
    after = last.context;
  }
}

/** Null for a value that was sealed under a key we do not have, or that was tampered with. */
function opened(reseal: () => string): string | null {
  try {
    return reseal();
  } catch {
    return null;
  }
}
