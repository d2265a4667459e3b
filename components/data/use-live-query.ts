"use client";

import { type QueryKey, useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import { RequestError } from "./request.ts";

const everyMs = 3000;
const slowestMs = 30_000;

/** Why what is shown is out of date; null = it is current. */
export type Stale = "unanswered" | "signed_out" | null;

/**
 * Keeps what the server sent current: reads it again every 3 s while the tab is visible, at once when the tab becomes
 * visible, and more slowly while reads fail, until `isLive` says that the newest answer is the last. `merge` combines
 * what is shown with what came. `stale` says why it is not current, from a failed read until one succeeds.
 */
export function useLiveQuery<T>({
  queryKey,
  read,
  initial,
  initialAt,
  isLive,
  merge,
}: {
  queryKey: QueryKey;
  read: (signal: AbortSignal) => Promise<T>;
  initial: T;
  /** When the server read `initial`, in ms: a page that one goes back to is read again at once. Not given = now. */
  initialAt?: number;
  isLive: (current: T) => boolean;
  merge?: (shown: T, fresh: T) => T;
}): { data: T; stale: Stale; refresh: () => void } {
  const { data, failureReason, refetch } = useQuery({
    queryKey,
    queryFn: ({ signal }) => read(signal),
    initialData: initial,
    initialDataUpdatedAt: initialAt,
    staleTime: everyMs,
    enabled: ({ state }) => isLive((state.data as T | undefined) ?? initial),
    refetchInterval: everyMs,
    refetchOnWindowFocus: "always",
    retry: true,
    retryDelay: (failures) => Math.min(everyMs * 2 ** (failures + 1), slowestMs),
    structuralSharing: merge ? (shown, fresh) => (shown ? merge(shown as T, fresh as T) : fresh) : true,
  });
  const refresh = useCallback(() => void refetch(), [refetch]);
  return { data: data ?? initial, stale: staleBecause(failureReason), refresh };
}

function staleBecause(error: Error | null): Stale {
  if (error === null) return null;
  return error instanceof RequestError && error.status === 401 ? "signed_out" : "unanswered";
}
