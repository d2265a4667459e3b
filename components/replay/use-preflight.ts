"use client";

import { useRef, useState } from "react";
import { pause } from "#/components/data/pause.ts";
import { RequestError } from "#/components/data/request.ts";
import { useRead } from "#/components/data/use-read.ts";
import type { Preflight } from "#/lib/contract/replay.ts";
import { callAction, type ReplayActions } from "./replay-actions.ts";
import type { DraftRequest } from "./replay-draft.ts";

/** Typing asks only after a pause this long; opening asks at once. */
const restMs = 300;

export type CheckState<T> = {
  /** The last answer; stays while a newer one is on its way, and when that cannot be had. */
  answer: T | null;
  /** The `revision` that the last answer is for. */
  revision: number;
  /** Why there is no answer to this request; null = there is one, or it is on its way. */
  message: string | null;
  /** The answer is not (yet) for this request. */
  isChecking: boolean;
};

/**
 * What this replay would do and what blocks it, from the server, by the same path as a submit. `revision` changes when
 * something else that it depends on does, such as a saved mapping.
 */
export function usePreflight(
  { workspaceSlug, runId }: { workspaceSlug: string; runId: string },
  draft: DraftRequest,
  revision: number,
  preflightAction: ReplayActions["preflight"],
): CheckState<Preflight> {
  return useCheck(["preflight", workspaceSlug, runId, draft], revision, async () => {
    const outcome = await callAction(
      () => preflightAction({ workspaceSlug, runId, ...draft }),
      "The server could not be reached.",
    );
    if (!outcome.ok) throw new RequestError(outcome.message, 0, null);
    return outcome.data;
  });
}

/** Asks what the dialog's request would do, again whenever `about` or `revision` changes. */
export function useCheck<T>(
  about: readonly unknown[],
  revision: number,
  ask: (signal: AbortSignal) => Promise<T>,
): CheckState<T> {
  const hasAsked = useRef(false);
  const { data, error } = useRead<{ answer: T; revision: number }, readonly unknown[]>({
    queryKey: [...about, revision],
    queryFn: async ({ signal }) => {
      if (hasAsked.current) await pause(restMs, signal);
      signal.throwIfAborted();
      hasAsked.current = true;
      return { answer: await ask(signal), revision };
    },
  });
  const [last, setLast] = useState<{ answer: T; revision: number } | null>(null);
  if (data !== null && data !== last) setLast(data);
  return {
    answer: last?.answer ?? null,
    revision: last?.revision ?? 0,
    message: error,
    isChecking: data === null && error === null,
  };
}
