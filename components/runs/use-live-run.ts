"use client";

import { useEffect, useRef, useState } from "react";
import type { Run } from "#/lib/contract/run.ts";
import { isFinal } from "#/lib/contract/status.ts";
import { pollWhileVisible, readLive, type Stale } from "./poll-while-visible.ts";

/** Keeps one run current until it is final. `stale` says why it is not. */
export function useLiveRun(workspaceSlug: string, initial: Run): { run: Run; stale: Stale; refresh: () => void } {
  const [run, setRun] = useState(initial);
  const [stale, setStale] = useState<Stale>(null);
  const wake = useRef<() => void>(() => {});
  const { id } = initial;
  const hasEnded = isFinal(run.status);
  useEffect(() => {
    if (hasEnded) return;
    const load = async (signal: AbortSignal) => {
      setRun(await readLive<Run>(`/runs/${id}`, workspaceSlug, signal));
    };
    const loop = pollWhileVisible(load, setStale);
    wake.current = loop.wake;
    return loop.stop;
  }, [workspaceSlug, id, hasEnded]);
  return { run, stale, refresh: () => wake.current() };
}
