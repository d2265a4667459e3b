import { setTimeout as sleep } from "node:timers/promises";
import type { DbHandle } from "#/db/client.ts";
import { inTransaction } from "#/db/transaction.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { sha256Hex } from "#/lib/core/hash.ts";
import { freeFailures, pollMs, waitMs } from "./sign-in-delay.ts";
import { addTry, failTry, withdrawTry } from "./sign-in-try-store.ts";

/** When a count of failures starts over. */
const windowMs = 15 * 60_000;
/** How long a try waits for its turn; a bit more than the longest delay. */
const patienceMs = 10_000;
/** Tries that may wait for one person's turn in this process. More are refused at once, or waiting itself would be an attack. */
const mostWaiting = 40;

/**
 * Who tries: the email as typed, and the address ("" = unknown). `device` is one on which this person has signed in
 * before: failures elsewhere do not count there.
 */
export type SignInTry = { email: string; address: string; device: string | null };

type Key = { kind: keyof typeof freeFailures; key: string };

/**
 * Checks a password (`check` returns null for a wrong one), later and later the more tries have failed: by email and
 * address together, by email, by address. Exact across all web processes, as a try takes its place before the password is
 * checked. A success clears this person's failures here. Throws too_many_requests with `retryAfterMs` when so
 * many wait already that no turn comes within 10 s.
 */
export async function throttled<T>(db: DbHandle, who: SignInTry, check: () => Promise<T | null>): Promise<T | null> {
  const keys = keysOf(who);
  await takePlace(db, keys);
  let outcome: "succeeded" | "failed" | "unknown" = "unknown";
  try {
    const found = await check();
    outcome = found === null ? "failed" : "succeeded";
    return found;
  } finally {
    await settle(db, keys, outcome);
  }
}

/** How many wait here, by the first key of each. */
const waiting = new Map<string, number>();

async function takePlace(db: DbHandle, keys: Key[]): Promise<void> {
  const deadline = Date.now() + patienceMs;
  const turn = keys[0]?.key ?? "";
  let remaining = await tryPlace(db, keys);
  if (remaining === 0) return;
  const before = waiting.get(turn) ?? 0;
  if (before >= mostWaiting) throw tooMany(remaining);
  waiting.set(turn, before + 1);
  try {
    while (remaining > 0) {
      if (Date.now() + remaining > deadline) throw tooMany(remaining);
      await sleep(Math.max(remaining, pollMs / 2 + Math.random() * pollMs));
      remaining = await tryPlace(db, keys);
    }
  } finally {
    const left = (waiting.get(turn) ?? 1) - 1;
    if (left === 0) waiting.delete(turn);
    else waiting.set(turn, left);
  }
}

/** 0 when a place was taken under every key, else how long to wait (ms); then nothing is counted. */
async function tryPlace(db: DbHandle, keys: Key[]): Promise<number> {
  try {
    await inTransaction(db, async (tx) => {
      const waits: number[] = [];
      // Always in this order, so that two of these never wait for each other.
      for (const { kind, key } of keys) waits.push(waitMs(await addTry(tx, key, windowMs), freeFailures[kind]));
      if (Math.max(...waits) > 0) throw new NoPlace(Math.max(...waits));
    });
    return 0;
  } catch (error) {
    if (error instanceof NoPlace) return error.remainingMs;
    throw error;
  }
}

class NoPlace extends Error {
  readonly remainingMs: number;
  constructor(remainingMs: number) {
    super("no place");
    this.remainingMs = remainingMs;
  }
}

function settle(db: DbHandle, keys: Key[], outcome: "succeeded" | "failed" | "unknown"): Promise<void> {
  return inTransaction(db, async (tx) => {
    for (const { kind, key } of keys)
      if (outcome === "failed") await failTry(tx, key, windowMs);
      else await withdrawTry(tx, key, outcome === "succeeded" && (kind === "pair" || kind === "device"));
  });
}

function tooMany(waitedMs: number): DomainError {
  const seconds = Math.ceil(waitedMs / 1000);
  const message = `Too many sign-ins at once. Try again in ${seconds} second${seconds === 1 ? "" : "s"}.`;
  return new DomainError("too_many_requests", message, { details: { retryAfterMs: seconds * 1000 } });
}

/** Hashed: what people type as an email may be anything, even a password. */
function keysOf({ email, address, device }: SignInTry): Key[] {
  const of = (kind: Key["kind"], ...about: string[]): Key => ({
    kind,
    key: sha256Hex(JSON.stringify([kind, ...about])),
  });
  if (device !== null) return [of("device", email, device)];
  const byEmail = [of("pair", email, address), of("email", email)];
  return address === "" ? byEmail : [...byEmail, of("address", address)];
}
