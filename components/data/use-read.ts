"use client";

import { type QueryKey, useQuery, type UseQueryOptions } from "@tanstack/react-query";
import { useCallback } from "react";
import { messageOf } from "./request.ts";

export type ReadState<T> = {
  /** The answer to this query; null until it arrives. */
  data: T | null;
  error: string | null;
  isLoading: boolean;
  retry: () => void;
};

/** Reads what a query names; does nothing without a query. */
export function useRead<T, K extends QueryKey>(query: UseQueryOptions<T, Error, T, K>, isWanted = true): ReadState<T> {
  const { data, error, isFetching, refetch } = useQuery({ ...query, enabled: isWanted });
  const retry = useCallback(() => void refetch(), [refetch]);
  return {
    data: data ?? null,
    error: error && !isFetching ? messageOf(error, "The answer could not be read.") : null,
    isLoading: isWanted && isFetching && data === undefined,
    retry,
  };
}
