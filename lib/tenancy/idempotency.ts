import type { DbHandle } from "#/db/client.ts";
import { inTransaction } from "#/db/transaction.ts";
import type { Json } from "#/lib/contract/json.ts";
import { env } from "#/lib/core/env.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { openSecret, sealSecret } from "#/lib/core/secret-box.ts";
import { sha256Hex } from "#/lib/core/hash.ts";
import { actorId, type Ctx } from "./ctx.ts";
import { deleteAgedResults, selectResult, tryLockKey, upsertResult, type IdempotencyRow } from "./idempotency-store.ts";

export type Recorded = { status: number; headers: Record<string, string>; body: Json };

/**
 * Runs `work` at most once per (workspace, route, key) and 30 days, and gives its result again to who asks again. All in
 * one transaction: `work` gets a ctx bound to it, so effects and result commit together, and a thrown error leaves the
 * key unused. `sealed` results hold a secret: stored encrypted, given again to the same actor only. Throws idempotency_in_progress while the first
 * one runs, idempotency_key_reused for another request under the same key.
 */
export function withIdempotency(
  ctx: Ctx,
  request: { key: string; route: string; requestHash: string; sealed?: boolean },
  work: (ctx: Ctx) => Promise<Recorded>,
): Promise<Recorded & { replayed: boolean }> {
  const scope = { workspaceId: ctx.workspace.id, route: request.route, key: request.key };
  const requestHash = request.sealed ? sha256Hex(`${request.requestHash}\n${actorId(ctx.actor)}`) : request.requestHash;
  return inTransaction(ctx.db, async (tx) => {
    if (!(await tryLockKey(tx, scope)))
      throw new DomainError("idempotency_in_progress", "The first request with this Idempotency-Key is still running.");
    const stored = await selectResult(tx, scope);
    if (stored) return replay(stored, requestHash);
    const result = await work({ ...ctx, db: tx });
    await upsertResult(tx, {
      ...scope,
      requestHash,
      responseStatus: result.status,
      responseHeaders: result.headers,
      responseBody: request.sealed ? seal(scope, result.body) : { plain: result.body },
    });
    return { ...result, replayed: false };
  });
}

/** Removes results that have aged out; for the periodic sweep. */
export function dropAgedIdempotencyKeys(db: DbHandle): Promise<void> {
  return deleteAgedResults(db);
}

function replay(stored: IdempotencyRow, requestHash: string): Recorded & { replayed: boolean } {
  if (stored.requestHash !== requestHash)
    throw new DomainError("idempotency_key_reused", "This Idempotency-Key was used for another request.");
  const body = open(stored, stored.responseBody as StoredBody);
  return { status: stored.responseStatus, headers: stored.responseHeaders, body, replayed: true };
}

type StoredBody = { plain: Json } | { sealed: string };
type Place = { workspaceId: string; route: string; key: string };

function seal(place: Place, body: Json): StoredBody {
  return { sealed: sealSecret(env("REPRISE_MASTER_KEYS"), placeOf(place), JSON.stringify(body)) };
}

function open(place: Place, stored: StoredBody): Json {
  if ("plain" in stored) return stored.plain;
  return JSON.parse(openSecret(env("REPRISE_MASTER_KEYS"), placeOf(place), stored.sealed)) as Json;
}

function placeOf(place: Place): string {
  return `${place.workspaceId}/idempotency/${place.route}/${place.key}`;
}
