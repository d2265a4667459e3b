"use client";

import { useEffect, useRef, useState } from "react";
import type { SpanDetail } from "#/lib/contract/run.ts";
import { RequestError } from "./run-requests.ts";
import type { SpanCache } from "./span-cache.ts";

/** Holding `j` passes many rows: after a first one, only a row that is rested on is fetched. */
const restMs = 60;
const repeatMs = 150;
const neighbourMs = 180;

export type SpanDetailState =
  | { kind: "none" }
  | { kind: "loading"; id: string }
  | { kind: "ready"; id: string; detail: SpanDetail }
  | { kind: "failed"; id: string; error: RequestError; retry: () => void };

/**
 * The body of the selected span, from the cache at once, else fetched; then its neighbours in the list. `version` changes
 * when the span's row changed (a running span grew or ended), and refetches quietly.
 */
export function useSpanDetail(
  cache: SpanCache,
  spanId: string | null,
  version: string,
  neighbours: readonly string[],
): SpanDetailState {
  const [loaded, setLoaded] = useState<SpanDetail | null>(null);
  const [failure, setFailure] = useState<{ id: string; error: RequestError } | null>(null);
  const [attempt, setAttempt] = useState(0);
  const changedAt = useRef(-Infinity);

  useEffect(() => {
    const now = performance.now();
    const isPassing = now - changedAt.current < repeatMs;
    changedAt.current = now;
    if (spanId === null || cache.peek(spanId)) return;
    let isCurrent = true;
    const timer = setTimeout(
      () =>
        cache.load(spanId).then(
          (detail) => {
            if (!isCurrent) return;
            setLoaded(detail);
            setFailure(null);
          },
          (cause: unknown) => {
            if (!isCurrent) return;
            const error =
              cause instanceof RequestError ? cause : new RequestError("The span could not be read.", 0, null);
            setFailure({ id: spanId, error });
          },
        ),
      isPassing ? restMs : 0,
    );
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [cache, spanId, version, attempt]);

  const around = neighbours.join(" ");
  useEffect(() => {
    if (around === "") return;
    const timer = setTimeout(() => {
      for (const id of around.split(" ")) cache.load(id).catch(() => {});
    }, neighbourMs);
    return () => clearTimeout(timer);
  }, [cache, around]);

  if (spanId === null) return { kind: "none" };
  const kept = cache.peek(spanId) ?? (loaded?.id === spanId ? loaded : null);
  if (kept) return { kind: "ready", id: spanId, detail: kept };
  if (failure?.id === spanId)
    return {
      kind: "failed",
      id: spanId,
      error: failure.error,
      retry: () => {
        setFailure(null);
        setAttempt((count) => count + 1);
      },
    };
  return { kind: "loading", id: spanId };
}
