import { AsyncLocalStorage } from "node:async_hooks";
import type { IncomingMessage } from "node:http";

/** What is known of the action that a request calls: was it reached, and with which status it refused. */
type Called = { reached: boolean; refusal: number | null };

/** On globalThis: see db/client.ts. */
const calls = ((globalThis as { repriseActions?: AsyncLocalStorage<Called> }).repriseActions ??=
  new AsyncLocalStorage<Called>());

/**
 * Begins to watch a request that may call a server action: Next answers 200 whatever an action says, and 500 when it
 * cannot read what was sent. Returns what gives the status to answer with in place of Next's. Null for other requests.
 */
export function watchAction(request: IncomingMessage): ((status: number) => number) | null {
  if (!mayCallAction(request)) return null;
  const called: Called = { reached: false, refusal: null };
  calls.enterWith(called);
  return (status) => statusOf(status, called);
}

/** Says that the action of this request was reached. */
export function actionReached(): void {
  const called = calls.getStore();
  if (called) called.reached = true;
}

/** Says that it refused, with this status. */
export function actionRefused(status: number): void {
  const called = calls.getStore();
  if (called) called.refusal = status;
}

/** A refusal is what the action says; a fault before any action was reached is the sender's: it could not be read. Pure. */
export function statusOf(status: number, { reached, refusal }: Called): number {
  if (status === 200 && refusal !== null) return refusal;
  return status === 500 && !reached ? 400 : status;
}

function mayCallAction({ method, headers }: IncomingMessage): boolean {
  if (method !== "POST") return false;
  return headers["next-action"] !== undefined || /^multipart\/form-data\b/i.test(headers["content-type"] ?? "");
}
