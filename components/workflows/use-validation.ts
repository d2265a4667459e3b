"use client";

import { useEffect, useState } from "react";
import { messageOf } from "#/components/data/request.ts";
import { askValidation } from "#/components/data/workspace-reads.ts";
import type { VersionValidated } from "#/lib/contract/workflow.ts";

/** What the service says of a text; `of` is that text. */
export type Validation = { of: string; answer: VersionValidated | null; error: string | null };

const pauseMs = 400;

/** Asks what pushing the text would do, a moment after it was last changed. Null until the first answer. */
export function useValidation(workspace: string, slug: string, text: string): Validation | null {
  const [found, setFound] = useState<Validation | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    const timer = setTimeout(
      () => {
        askValidation(workspace, slug, text, {}, stop.signal)
          .then((answer) => setFound({ of: text, answer, error: null }))
          .catch((error: unknown) => {
            if (stop.signal.aborted) return;
            setFound({ of: text, answer: null, error: messageOf(error, "The definition could not be checked.") });
          });
      },
      found === null ? 0 : pauseMs,
    );
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
    // oxlint-disable-next-line react/exhaustive-deps -- an answer is no reason to ask again
  }, [workspace, slug, text]);
  return found;
}
