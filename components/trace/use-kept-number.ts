"use client";

import { useCallback, useSyncExternalStore } from "react";

const watchers = new Set<() => void>();

function subscribe(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** What this visit has set; used where the browser refuses storage. */
const session = new Map<string, string>();

function read(name: string): string | null {
  try {
    return session.get(name) ?? localStorage.getItem(name);
  } catch {
    return session.get(name) ?? null;
  }
}

/** A number (a pane's width) that is remembered in this browser. The first render has the default, as on the server. */
export function useKeptNumber(name: string, initial: number): [number, (value: number) => void] {
  const text = useSyncExternalStore(
    subscribe,
    () => read(name),
    () => null,
  );
  const keep = useCallback(
    (next: number) => {
      session.set(name, String(next));
      try {
        localStorage.setItem(name, String(next));
      } catch {
        // Refused in some private windows: the pane forgets its width with the visit.
      }
      for (const watcher of watchers) watcher();
    },
    [name],
  );
  const kept = Number(text);
  return [Number.isFinite(kept) && kept > 0 ? kept : initial, keep];
}
