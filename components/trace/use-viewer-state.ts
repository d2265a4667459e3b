"use client";

import { useSearchParams } from "next/navigation";
import { useCallback, useEffect, useState } from "react";
import { readViewerState, writeViewerState, type ViewerState } from "./url-state.ts";

/** Browsers refuse more than some 200 address changes in 10 s; holding `j` would make more. */
const writeAfterMs = 200;

/** The viewer's state, started from the address and written back to it without a navigation. */
export function useViewerState(): [ViewerState, (change: Partial<ViewerState>) => void] {
  const search = useSearchParams();
  const [state, setState] = useState(() => readViewerState(search));
  useEffect(() => {
    const timer = setTimeout(() => {
      const next = writeViewerState(location.search, state);
      if (next !== location.search) history.replaceState(history.state, "", location.pathname + next + location.hash);
    }, writeAfterMs);
    return () => clearTimeout(timer);
  }, [state]);
  const change = useCallback((part: Partial<ViewerState>) => setState((before) => ({ ...before, ...part })), []);
  return [state, change];
}
