import { setTimeout as sleep } from "node:timers/promises";
import type { DbHandle } from "#/db/client.ts";
import { inTransaction } from "#/db/transaction.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { sha256Hex } from "#/lib/core/hash.ts";
import { addTry, failTry, selectTries, withdrawTry, type Tries } from "./sign-in-try-store.ts";

/** Failed tries in 15 minutes, before the answer is "later" without looking at the password. */
const windowMs = 15 * 60_000;
const limits = { pair: 10, email: 50, address: 100 } as const;
/** How long a try waits for others of the same person whose outcome is still open. */
const patienceMs = 10_000;
const pollMs = 150;

/** Who tries: the email as typed, and where from; an unknown address is "". */
export type SignInTry = { email: string; address: string };

type Counted = { kind: keyof typeof limits; key: string; limit: number };

/**
 * Looks at a password (`check` gives null for a wrong one) unless too many tries have failed: by email and address
 * together, by email, by address. Exact over all web processes, as a try takes its place before the password is looked
 * at. A success forgets what this person had failed at this address. Throws too_many_requests with `retryAfterMs`.
 */
export async function throttled<T>(db: DbHandle, who: SignInTry, check: () => Promise<T | null>): Promise<T | null> {
  const counted = countedBy(who);
  await takePlace(db, counted);
  let outcome: "succeeded" | "failed" | "unknown" = "unknown";
  try {
    const found = await check();
    outcome = found === null ? "failed" : "succeeded";
    return found;
  } finally {
    await settle(db, counted, outcome);
  }
}

async function takePlace(db: DbHandle, counted: Counted[]): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const before = await selectTries(
      db,
      counted.map(({ key }) => key),
    );
    refuseLocked(counted, before);
    const refused = await tryPlace(db, counted);
    if (refused === null) return;
    refuseLocked(counted, refused);
    if (Date.now() > deadline) throw tooMany("Too many sign-ins at once.", pollMs);
    await sleep(pollMs / 2 + Math.random() * pollMs);
  }
}

/** Null when a place was taken under every key, else the counts that left none: then nothing is counted. */
async function tryPlace(db: DbHandle, counted: Counted[]): Promise<Tries[] | null> {
  try {
    await inTransaction(db, async (tx) => {
      const tries: Tries[] = [];
      // Always in this order, so that two of these never wait for each other.
      for (const { key } of counted) tries.push(await addTry(tx, key, windowMs));
      const isFull = counted.some(({ limit }, n) => (tries[n]?.failures ?? 0) + (tries[n]?.trying ?? 0) > limit);
      if (isFull) throw new NoPlace(tries);
    });
    return null;
  } catch (error) {
    if (error instanceof NoPlace) return error.tries;
    throw error;
  }
}

class NoPlace extends Error {
  readonly tries: Tries[];
  constructor(tries: Tries[]) {
    super("no place");
    this.tries = tries;
  }
}

function settle(db: DbHandle, counted: Counted[], outcome: "succeeded" | "failed" | "unknown"): Promise<void> {
  return inTransaction(db, async (tx) => {
    for (const { kind, key } of counted)
      if (outcome === "failed") await failTry(tx, key, windowMs);
      else await withdrawTry(tx, key, outcome === "succeeded" && kind === "pair");
  });
}

function refuseLocked(counted: Counted[], tries: Tries[]): void {
  const waits = counted.map(({ key, limit }) => {
    const found = tries.find((each) => each.key === key);
    return found && found.failures >= limit ? found.remainingMs : 0;
  });
  const waitMs = Math.max(...waits);
  if (waitMs > 0) throw tooMany("Too many failed sign-ins.", waitMs);
}

function tooMany(what: string, waitMs: number): DomainError {
  const minutes = Math.ceil(waitMs / 60_000);
  const message = `${what} Try again in ${minutes} minute${minutes === 1 ? "" : "s"}.`;
  return new DomainError("too_many_requests", message, { details: { retryAfterMs: waitMs } });
}

/** Hashed: what is typed as an email may be anything, a password too. */
function countedBy({ email, address }: SignInTry): Counted[] {
  const of = (kind: Counted["kind"], ...about: string[]): Counted => ({
    kind,
    key: sha256Hex(JSON.stringify([kind, ...about])),
    limit: limits[kind],
  });
  const byEmail = [of("pair", email, address), of("email", email)];
  return address === "" ? byEmail : [...byEmail, of("address", address)];
}
