import { AsyncLocalStorage } from "node:async_hooks";
import type { IncomingMessage } from "node:http";

/** What is known of the action that a request calls: whether it was reached, and the status of its refusal. */
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

/** Notes that this request's action was reached. */
export function actionReached(): void {
  const called = calls.getStore();
  if (called) called.reached = true;
}

/** Notes that it refused, with this status. */
export function actionRefused(status: number): void {
  const called = calls.getStore();
  if (called) called.refusal = status;
}

/** A refusal has the action's status; a fault before any action is the sender's: the request was unreadable. Pure. */
export function statusOf(status: number, { reached, refusal }: Called): number {
  if (status === 200 && refusal !== null) return refusal;
  return status === 500 && !reached ? 400 : status;
}

function mayCallAction({ method, headers }: IncomingMessage): boolean {
  if (method !== "POST") return false;
  return headers["next-action"] !== undefined || /^multipart\/form-data\b/i.test(headers["content-type"] ?? "");
}
