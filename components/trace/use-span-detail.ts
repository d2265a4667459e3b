"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { RequestError } from "#/components/data/request.ts";
import type { SpanQueryOf } from "#/components/data/run-reads.ts";
import type { SpanDetail } from "#/lib/contract/run.ts";

/** Holding `j` passes many rows: after the first, only a row where it rests is fetched. */
const restMs = 60;
const repeatMs = 150;
const neighbourMs = 180;

export type SpanDetailState =
  | { kind: "none" }
  | { kind: "loading"; id: string }
  | { kind: "ready"; id: string; detail: SpanDetail }
  | { kind: "failed"; id: string; error: RequestError; retry: () => void };

/**
 * The body of the selected span, at once if it is here, else fetched; then the bodies of its neighbours in the list.
 * `version` changes when the span's row changed (a running span grew or ended), and refetches quietly.
 */
export function useSpanDetail(
  spanOf: SpanQueryOf,
  spanId: string | null,
  version: string,
  neighbours: readonly string[],
): SpanDetailState {
  const isRested = useRested(spanId);
  const { data, error, isFetching, refetch } = useQuery({
    ...spanOf(spanId ?? ""),
    enabled: spanId !== null && isRested,
  });
  const readFor = useRef(`${spanId} ${version}`);
  useEffect(() => {
    const asked = `${spanId} ${version}`;
    const isSameSpan = readFor.current.startsWith(`${spanId} `);
    if (readFor.current === asked) return;
    readFor.current = asked;
    if (isSameSpan && spanId !== null) void refetch();
  }, [spanId, version, refetch]);
  useNeighbours(spanOf, neighbours);

  if (spanId === null) return { kind: "none" };
  if (data) return { kind: "ready", id: spanId, detail: data };
  if (!error || isFetching) return { kind: "loading", id: spanId };
  const failure = error instanceof RequestError ? error : new RequestError("The span could not be read.", 0, null);
  return { kind: "failed", id: spanId, error: failure, retry: () => void refetch() };
}

/** False while the selection is passing by. */
function useRested(spanId: string | null): boolean {
  const [rested, setRested] = useState<string | null>(null);
  const changedAt = useRef(-Infinity);
  useEffect(() => {
    const now = performance.now();
    const isPassing = now - changedAt.current < repeatMs;
    changedAt.current = now;
    const timer = setTimeout(() => setRested(spanId), isPassing ? restMs : 0);
    return () => clearTimeout(timer);
  }, [spanId]);
  return rested === spanId;
}

function useNeighbours(spanOf: SpanQueryOf, neighbours: readonly string[]): void {
  const client = useQueryClient();
  const around = neighbours.join(" ");
  useEffect(() => {
    if (around === "") return;
    const timer = setTimeout(() => {
      for (const id of around.split(" ")) void client.prefetchQuery(spanOf(id));
    }, neighbourMs);
    return () => clearTimeout(timer);
  }, [client, spanOf, around]);
}
