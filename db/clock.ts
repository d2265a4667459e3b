import { agreeOn, hasAgreed } from "#/lib/core/clock.ts";
import { rawClient } from "./client.ts";

const everyMs = 10_000;
/** Of several answers, the fastest tells best when the database read its clock; the first may have had to connect. */
const questions = 3;
/** A slower answer is too imprecise, unless there is none better. */
const longestRoundTripMs = 500;

/** Sets this process's time by the database's; the error is at most half of the fastest question's round trip. */
export async function readDatabaseClock(): Promise<void> {
  const readings = [];
  for (let n = 0; n < questions; n++) readings.push(await readOnce());
  const best = readings.reduce((fastest, reading) => (reading.tookMs < fastest.tookMs ? reading : fastest));
  if (best.tookMs <= longestRoundTripMs || !hasAgreed()) agreeOn(best.databaseMs, best.atMs);
}

async function readOnce(): Promise<{ databaseMs: number; atMs: number; tookMs: number }> {
  const askedMs = performance.now();
  const [row] = await rawClient()<{ ms: number }[]>`
    select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms`;
  const tookMs = performance.now() - askedMs;
  return { databaseMs: row?.ms ?? Date.now(), atMs: askedMs + tookMs / 2, tookMs };
}

/** Resolves once this process has the database's time: before it accepts anything that may name a time. */
export async function databaseClockKnown(): Promise<void> {
  if (!hasAgreed()) await readDatabaseClock();
}

/** Keeps setting this process's time by the database's; while the database is away, it runs on. */
export function followDatabaseClock(): NodeJS.Timeout {
  return setInterval(() => void readDatabaseClock().catch(() => {}), everyMs).unref();
}
