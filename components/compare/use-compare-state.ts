"use client";

import { useSearchParams } from "next/navigation";
import { useCallback, useEffect, useState } from "react";
import { readCompareState, writeCompareState, type CompareState } from "./compare-state.ts";

/** Browsers refuse more than some 200 address changes in 10 s; holding `j` would make more. */
const writeAfterMs = 200;

/** The page's state, started from the address and written back to it without a navigation. */
export function useCompareState(): [CompareState, (change: Partial<CompareState>) => void] {
  const search = useSearchParams();
  const [state, setState] = useState(() => readCompareState(search));
  useEffect(() => {
    const timer = setTimeout(() => {
      const next = writeCompareState(location.search, state);
      if (next !== location.search) history.replaceState(history.state, "", location.pathname + next + location.hash);
    }, writeAfterMs);
    return () => clearTimeout(timer);
  }, [state]);
  const change = useCallback((part: Partial<CompareState>) => setState((before) => ({ ...before, ...part })), []);
  return [state, change];
}
