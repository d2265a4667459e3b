"use client";

import { type QueryKey, useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useRef } from "react";
import { messageOf } from "./request.ts";

type Numbered = { seq: number };
type Part<T> = { data: T[]; hasMore: boolean };
type Tail<T> = { entries: readonly T[]; hasMore: boolean };

export type TailState<T> = Tail<T> & {
  isLoading: boolean;
  error: string | null;
  /** Reads the next entries, also after an error. */
  readMore: () => void;
};

/**
 * A history that only grows, read in parts that follow the last entry held here: at most `partsAtOnce` parts at first,
 * then on demand and whenever `revision` changes.
 */
export function useTail<T extends Numbered>({
  queryKey,
  readAfter,
  revision,
  partsAtOnce = 1,
}: {
  queryKey: QueryKey;
  readAfter: (seq: number | undefined, signal: AbortSignal) => Promise<Part<T>>;
  revision: string;
  partsAtOnce?: number;
}): TailState<T> {
  const { data, error, isFetching, refetch } = useQuery({
    queryKey,
    structuralSharing: false,
    queryFn: async ({ signal, client }) => {
      let entries = client.getQueryData<Tail<T>>(queryKey)?.entries ?? [];
      let hasMore = true;
      for (let part = 0; part < partsAtOnce && hasMore; part++) {
        const page = await readAfter(entries.at(-1)?.seq, signal);
        entries = [...entries, ...page.data];
        hasMore = page.hasMore;
      }
      return { entries, hasMore };
    },
  });
  const readFor = useRef(revision);
  const isFirst = useRef(true);
  useEffect(() => {
    isFirst.current = data === undefined;
  });
  useEffect(() => {
    if (readFor.current === revision) return;
    readFor.current = revision;
    // The first read may have begun before this revision: wait for it, then read on from there.
    void (isFirst.current ? refetch().then(() => refetch()) : refetch());
  }, [revision, refetch]);
  const readMore = useCallback(() => void refetch({ cancelRefetch: false }), [refetch]);
  return {
    ...{ entries: data?.entries ?? [], hasMore: data?.hasMore ?? false, isLoading: isFetching, readMore },
    error: error && !isFetching ? messageOf(error, "Try again.") : null,
  };
}
