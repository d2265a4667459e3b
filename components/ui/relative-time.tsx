"use client";

import { useSyncExternalStore } from "react";
import { formatRelative, formatTimestamp } from "./format.ts";

let nowMs = 0;
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

/** One clock for the whole page: ticks every second while someone looks. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    nowMs = Date.now();
    for (const each of listeners) each();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function readNow(): number {
  if (timer === undefined || nowMs === 0) nowMs = Math.floor(Date.now() / 1000) * 1000;
  return nowMs;
}

/** The present in ms, ticking each second; null on the server and in the first browser render, so the two agree. */
export function useNowMs(): number | null {
  return useSyncExternalStore<number | null>(subscribe, readNow, () => null);
}

/** "3 min ago", kept current; the exact time in UTC as title, and as text until the page is alive. */
export function RelativeTime({ iso, className }: { iso: string; className?: string }) {
  const now = useNowMs();
  const exact = formatTimestamp(iso);
  return (
    <time dateTime={iso} title={exact} className={className}>
      {now === null ? exact : formatRelative(iso, now)}
    </time>
  );
}
