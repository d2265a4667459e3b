import { AsyncLocalStorage } from "node:async_hooks";

/** What every log line of a piece of work carries, where it is known. */
export type LogContext = { requestId?: string; workspaceId?: string; runId?: string };

/** On globalThis: in Next, pages, routes and instrumentation are separate module instances. */
const storage = ((globalThis as { repriseLogContext?: AsyncLocalStorage<LogContext> }).repriseLogContext ??=
  new AsyncLocalStorage());

/** Runs `work`; every line that is logged inside carries `context`, on top of what is carried already. */
export function withLogContext<T>(context: LogContext, work: () => T): T {
  return storage.run({ ...storage.getStore(), ...context }, work);
}

/** Adds what has become known to the context of the work under way; does nothing outside one. */
export function addLogContext(context: LogContext): void {
  const current = storage.getStore();
  if (current) Object.assign(current, context);
}

export function logContext(): LogContext {
  return storage.getStore() ?? {};
}
