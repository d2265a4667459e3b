"use client";

import { useEffect, useRef, useState } from "react";
import type { Preflight, ReplayRequest } from "#/lib/contract/replay.ts";
import { callAction, type ReplayActions } from "./replay-actions.ts";

/** Typing asks once it rests; opening asks at once. */
const restMs = 300;

export type PreflightState = {
  /** The last answer; stays while a newer one is being asked for. */
  preflight: Preflight | null;
  message: string | null;
  /** The answer is not (yet) for this very request. */
  isChecking: boolean;
};

/** What this replay would do and what stands against it, asked of the server by the same path as a submit. */
export function usePreflight(
  target: { workspaceSlug: string; runId: string },
  request: ReplayRequest,
  preflightAction: ReplayActions["preflight"],
): PreflightState {
  const asked = JSON.stringify(request);
  const { workspaceSlug, runId } = target;
  const [state, setState] = useState<{ for: string | null; preflight: Preflight | null; message: string | null }>({
    for: null,
    preflight: null,
    message: null,
  });
  const hasAsked = useRef(false);
  useEffect(() => {
    let isCurrent = true;
    const timer = setTimeout(
      async () => {
        hasAsked.current = true;
        const input = { workspaceSlug, runId, request: JSON.parse(asked) as ReplayRequest };
        const outcome = await callAction(() => preflightAction(input), "The server could not be reached.");
        if (!isCurrent) return;
        setState((before) => ({
          for: asked,
          preflight: outcome.ok ? outcome.data : before.preflight,
          message: outcome.ok ? null : outcome.message,
        }));
      },
      hasAsked.current ? restMs : 0,
    );
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [workspaceSlug, runId, asked, preflightAction]);
  return { preflight: state.preflight, message: state.message, isChecking: state.for !== asked };
}
