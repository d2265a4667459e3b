"use client";

import { useCallback, useEffect, useState } from "react";
import { RequestError } from "#/components/trace/run-requests.ts";

export type ReadState<T> = {
  /** The answer for this very key; null until it is here. */
  data: T | null;
  error: string | null;
  isLoading: boolean;
  retry: () => void;
};

/** Reads once for each `key` (null = nothing to read). `read` must depend on nothing but the key. */
export function useRead<T>(key: string | null, read: (signal: AbortSignal) => Promise<T>): ReadState<T> {
  const [state, setState] = useState<{ key: string | null; data: T | null; error: string | null }>({
    key: null,
    data: null,
    error: null,
  });
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    if (key === null) return;
    const abort = new AbortController();
    read(abort.signal).then(
      (data) => !abort.signal.aborted && setState({ key, data, error: null }),
      (cause: unknown) => {
        if (abort.signal.aborted) return;
        const error = cause instanceof RequestError ? cause.message : "The answer could not be read.";
        setState({ key, data: null, error });
      },
    );
    return () => abort.abort();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- what is read is named by the key
  }, [key, attempt]);
  const retry = useCallback(() => {
    setState({ key: null, data: null, error: null });
    setAttempt((count) => count + 1);
  }, []);
  const isCurrent = key !== null && state.key === key;
  return {
    data: isCurrent ? state.data : null,
    error: isCurrent ? state.error : null,
    isLoading: key !== null && !isCurrent,
    retry,
  };
}
