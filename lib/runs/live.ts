import { rawClient } from "#/db/client.ts";
import { listen } from "#/lib/queue/notify.ts";

type Listener = () => void;
type Hub = { listeners: Map<string, Set<Listener>>; started: Promise<unknown> | null; pool: unknown };

/** On globalThis: Next loads this module once per bundle, and one process needs one LISTEN connection. */
const hub: Hub = ((globalThis as { repriseLiveHub?: Hub }).repriseLiveHub ??= {
  listeners: new Map(),
  started: null,
  pool: null,
});

/**
 * Calls `onChange` whenever the run may have changed (in any process), and once after a lost connection is restored:
 * then read again from where you are. Returns the function that ends the subscription.
 */
export function subscribeRun(runId: string, onChange: Listener): () => void {
  // A pool that was ended takes what listened on it along.
  const pool = rawClient();
  if (hub.pool !== pool) hub.started = null;
  hub.pool = pool;
  hub.started ??= listen("runs", dispatch, dispatchAll).catch(() => {
    hub.started = null;
  });
  const listeners = hub.listeners.get(runId) ?? new Set();
  hub.listeners.set(runId, listeners.add(onChange));
  return () => {
    listeners.delete(onChange);
    if (listeners.size === 0) hub.listeners.delete(runId);
  };
}

function dispatch(payload: string): void {
  for (const runId of payload.split(",")) for (const listener of hub.listeners.get(runId) ?? []) listener();
}

function dispatchAll(): void {
  for (const listeners of hub.listeners.values()) for (const listener of listeners) listener();
}
