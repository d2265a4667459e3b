"use client";

import { useEffect, useState } from "react";
import type { TraceColumns } from "./trace-columns.ts";

const tickMs = 250;

/** ms since run start "now": ticks while the run goes on, stands still (and is 0 until known) once it is final. */
export function useRunClock(trace: TraceColumns | null, isLive: boolean): number {
  const [now, setNow] = useState(0);
  const startedAt = trace?.startedAtMs ?? null;
  useEffect(() => {
    if (!isLive || startedAt === null) return;
    const read = () => setNow(Math.max(0, Date.now() - startedAt));
    read();
    const timer = setInterval(read, tickMs);
    return () => clearInterval(timer);
  }, [isLive, startedAt]);
  return now;
}
