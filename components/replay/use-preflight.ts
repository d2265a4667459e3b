"use client";

import { useEffect, useRef, useState } from "react";
import type { FieldError } from "#/lib/contract/problem.ts";
import type { Preflight } from "#/lib/contract/replay.ts";
import { callAction, type ReplayActions } from "./replay-actions.ts";
import type { DraftRequest } from "./replay-draft.ts";

/** Typing asks once it rests; opening asks at once. */
const restMs = 300;

export type PreflightState = {
  /** The last answer; stays while a newer one is being asked for. */
  preflight: Preflight | null;
  /** The `revision` that the last answer is for. */
  revision: number;
  message: string | null;
  fields: readonly FieldError[];
  /** The answer is not (yet) for this very request. */
  isChecking: boolean;
};

const nothing = { for: null, preflight: null, revision: 0, message: null, fields: [] };

/**
 * What this replay would do and what stands against it, asked of the server by the same path as a submit. `revision`
 * moves when something else that it depends on was changed, as a saved mapping.
 */
export function usePreflight(
  target: { workspaceSlug: string; runId: string },
  draft: DraftRequest,
  revision: number,
  preflightAction: ReplayActions["preflight"],
): PreflightState {
  const asked = JSON.stringify({ revision, draft });
  const { workspaceSlug, runId } = target;
  const [state, setState] = useState<Omit<PreflightState, "isChecking"> & { for: string | null }>(nothing);
  const hasAsked = useRef(false);
  useEffect(() => {
    let isCurrent = true;
    const timer = setTimeout(
      async () => {
        hasAsked.current = true;
        const question = JSON.parse(asked) as { revision: number; draft: DraftRequest };
        const input = { workspaceSlug, runId, ...question.draft };
        const outcome = await callAction(() => preflightAction(input), "The server could not be reached.");
        if (!isCurrent) return;
        setState((before) => ({
          for: asked,
          preflight: outcome.ok ? outcome.data : before.preflight,
          revision: outcome.ok ? question.revision : before.revision,
          message: outcome.ok ? null : outcome.message,
          fields: outcome.ok ? [] : outcome.fields,
        }));
      },
      hasAsked.current ? restMs : 0,
    );
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [workspaceSlug, runId, asked, preflightAction]);
  const { for: answered, ...answer } = state;
  return { ...answer, isChecking: answered !== asked };
}
