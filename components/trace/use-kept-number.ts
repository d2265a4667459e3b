"use client";

import { useCallback, useEffect, useState } from "react";

/** A number (a pane's width) that is remembered in this browser. The first render has the default, as on the server. */
export function useKeptNumber(name: string, initial: number): [number, (value: number) => void] {
  const [value, setValue] = useState(initial);
  useEffect(() => {
    const kept = Number(readKept(name));
    if (Number.isFinite(kept) && kept > 0) setValue(kept);
  }, [name]);
  const keep = useCallback(
    (next: number) => {
      setValue(next);
      try {
        localStorage.setItem(name, String(next));
      } catch {
        // Storage is refused in some private windows; the pane just forgets its width.
      }
    },
    [name],
  );
  return [value, keep];
}

function readKept(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}
