import type { DbHandle, Transaction } from "#/db/client.ts";
import { inTransaction } from "#/db/transaction.ts";
import type { Json } from "#/lib/contract/json.ts";
import { env } from "#/lib/core/env.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { newId } from "#/lib/core/ids.ts";
import { openSecret, sealSecret } from "#/lib/core/secret-box.ts";
import { sha256Hex } from "#/lib/core/hash.ts";
import { payAudit } from "./audit-refusal.ts";
import { actorId, type Ctx } from "./ctx.ts";
import {
  deleteAgedResults,
  deleteClaim,
  type IdempotencyRow,
  type IdempotencyScope,
  insertClaim,
  lockKey,
  selectResult,
  tryLockKey,
  upsertResult,
} from "./idempotency-store.ts";

export type Recorded = { status: number; headers: Record<string, string>; body: Json };

export type KeyedRequest = { key: string; route: string; requestHash: string; sealed?: boolean };
type Result = Recorded & { replayed: boolean };

/**
 * Runs `work` at most once per (workspace, route, key) in 30 days, and returns the same result to repeated requests. `judge`,
 * which changes nothing and may take long, runs before, unless there already is a result: as often as requests come meanwhile.
 * All the rest in one transaction: `work` gets a ctx bound to it, so effects and result commit together; a thrown error leaves the
 * key unused, and nothing behind but the audit row that is owed for it. `sealed` results hold a secret: stored encrypted, given again to the same actor only. Throws
 * idempotency_in_progress while the first one runs, idempotency_key_reused for another request under the same key.
 */
export async function withIdempotency<J>(
  ctx: Ctx,
  request: KeyedRequest,
  work: (ctx: Ctx, judged: J | undefined) => Promise<Recorded>,
  judge?: () => Promise<J>,
): Promise<Result> {
  const place = placeOf(ctx, request);
  try {
    const known = judge ? await storedResult(ctx, ctx.db, place, request) : null;
    if (known) return known;
    const judged = await judge?.();
    return await inTransaction(ctx.db, async (tx) => {
      const stored = await openKey(ctx, tx, place, request);
      return stored ?? record(ctx, tx, place, request, (within) => work(within, judged));
    });
  } catch (error) {
    await payAudit(ctx, error);
    throw error;
  }
}

/** Longer than we wait for any other server: a claim that lasts longer is a dead process's. */
const claimMs = 30_000;

/**
 * The same for work that must first call another server. No transaction is open while `ask` waits: the key is
 * claimed in a first one, given back when `ask` or `work` throws, and `work` and its result commit in a second one, which
 * only the holder of the claim gets, when it is its turn. The claim of a process that died ends by itself, so `ask` may be repeated; `work` is
 * not. Throws as withIdempotency does.
 */
export async function withIdempotencyAround<A>(
  ctx: Ctx,
  request: KeyedRequest,
  ask: () => Promise<A>,
  work: (ctx: Ctx, asked: A) => Promise<Recorded>,
  inTurn: (work: () => Promise<Result>) => Promise<Result> = (inTime) => inTime(),
): Promise<Result> {
  const place = placeOf(ctx, request);
  const owner = newId("request");
  const stored = await inTransaction(ctx.db, async (tx) => {
    const known = await openKey(ctx, tx, place, request);
    if (!known && !(await insertClaim(tx, place, { owner, forMs: claimMs }))) throw inProgress();
    return known;
  });
  if (stored) return stored;
  try {
    const asked = await ask();
    return await inTurn(() =>
      inTransaction(ctx.db, async (tx) => {
        await lockKey(tx, place);
        if (!(await deleteClaim(tx, place, owner))) throw inProgress();
        return record(ctx, tx, place, request, (within) => work(within, asked));
      }),
    );
  } catch (error) {
    await deleteClaim(ctx.db, place, owner);
    await payAudit(ctx, error);
    throw error;
  }
}

/** Locks the key for this transaction; the result that is stored under it, null when there is none. */
async function openKey(
  ctx: Ctx,
  tx: Transaction,
  place: IdempotencyScope,
  request: KeyedRequest,
): Promise<Result | null> {
  if (!(await tryLockKey(tx, place))) throw inProgress();
  return storedResult(ctx, tx, place, request);
}

async function storedResult(
  ctx: Ctx,
  db: DbHandle,
  place: IdempotencyScope,
  request: KeyedRequest,
): Promise<Result | null> {
  const stored = await selectResult(db, place);
  return stored && replay(stored, hashOf(ctx, request));
}

async function record(
  ctx: Ctx,
  tx: Transaction,
  place: IdempotencyScope,
  request: KeyedRequest,
  work: (ctx: Ctx) => Promise<Recorded>,
): Promise<Result> {
  const result = await work({ ...ctx, db: tx });
  await upsertResult(tx, {
    ...place,
    requestHash: hashOf(ctx, request),
    responseStatus: result.status,
    responseHeaders: result.headers,
    responseBody: request.sealed ? seal(place, result.body) : { plain: result.body },
  });
  return { ...result, replayed: false };
}

function placeOf(ctx: Ctx, { route, key }: KeyedRequest): IdempotencyScope {
  return { workspaceId: ctx.workspace.id, route, key };
}

/** A sealed result is only for the actor who made it: another actor's request counts as a different one. */
function hashOf(ctx: Ctx, { requestHash, sealed }: KeyedRequest): string {
  return sealed ? sha256Hex(`${requestHash}\n${actorId(ctx.actor)}`) : requestHash;
}

function inProgress(): DomainError {
  return new DomainError("idempotency_in_progress", "The first request with this Idempotency-Key is still running.");
}

/** Removes results that have aged out; for the periodic sweep. */
export function dropAgedIdempotencyKeys(db: DbHandle): Promise<void> {
  return deleteAgedResults(db);
}

function replay(stored: IdempotencyRow, requestHash: string): Result {
  if (stored.requestHash !== requestHash)
    throw new DomainError("idempotency_key_reused", "This Idempotency-Key was used for another request.");
  const body = open(stored, stored.responseBody as StoredBody);
  return { status: stored.responseStatus, headers: stored.responseHeaders, body, replayed: true };
}

type StoredBody = { plain: Json } | { sealed: string };

function seal(place: IdempotencyScope, body: Json): StoredBody {
  return { sealed: sealSecret(env("REPRISE_MASTER_KEYS"), nameOf(place), JSON.stringify(body)) };
}

function open(place: IdempotencyScope, stored: StoredBody): Json {
  if ("plain" in stored) return stored.plain;
  return JSON.parse(openSecret(env("REPRISE_MASTER_KEYS"), nameOf(place), stored.sealed)) as Json;
}

function nameOf(place: IdempotencyScope): string {
  return `${place.workspaceId}/idempotency/${place.route}/${place.key}`;
}
