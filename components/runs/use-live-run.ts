"use client";

import { useEffect, useRef, useState } from "react";
import type { Run } from "#/lib/contract/run.ts";
import { isFinal } from "#/lib/contract/status.ts";
import { pollWhileVisible } from "./poll-while-visible.ts";

/** Keeps one run current until it is final. `stale` is true while the server does not answer. */
export function useLiveRun(workspaceSlug: string, initial: Run): { run: Run; stale: boolean; refresh: () => void } {
  const [run, setRun] = useState(initial);
  const [stale, setStale] = useState(false);
  const wake = useRef<() => void>(() => {});
  const { id } = initial;
  const hasEnded = isFinal(run.status);
  useEffect(() => {
    if (hasEnded) return;
    const load = async (signal: AbortSignal) => {
      const response = await fetch(`/api/v1/runs/${id}?workspace=${encodeURIComponent(workspaceSlug)}`, { signal });
      if (!response.ok) throw new Error(`Reading the run answered ${response.status}`);
      setRun((await response.json()) as Run);
    };
    const loop = pollWhileVisible(load, setStale);
    wake.current = loop.wake;
    return loop.stop;
  }, [workspaceSlug, id, hasEnded]);
  return { run, stale, refresh: () => wake.current() };
}
