"use client";

import { useParams, useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import type { Problem } from "#/lib/contract/problem.ts";
import { type Refusal, refusalOf } from "./refusal.ts";

export type ActionAnswer<T> = { ok: true; data: T } | { ok: false; problem: Problem };

/** A server action as the browser sees it; the page passes it down. */
export type ServerAction<I extends object, T = unknown> = (
  input: { workspaceSlug: string } & I,
) => Promise<ActionAnswer<T>>;

const lost: Refusal = {
  message: "The server could not be reached. Your change may not have been saved; check before you try again.",
  fields: [],
  requestId: null,
  code: null,
};

/**
 * Runs a server action in this page's workspace. `run(input, done)` calls `done` and reads the page again when the
 * action was accepted; it also reads the page again when it was refused because the page is out of date. A refusal and
 * a lost connection both end in `refusal`, and `refused` is told.
 */
export function useServerAction<I extends object, T>(
  action: ServerAction<I, T>,
  options: { refused?: (refusal: Refusal) => void } = {},
) {
  const router = useRouter();
  const { workspaceSlug } = useParams<{ workspaceSlug: string }>();
  const [isBusy, start] = useTransition();
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const run = (input: I, done: (data: T) => void) =>
    start(async () => {
      const answer = await action({ ...input, workspaceSlug }).catch(() => null);
      if (answer?.ok) {
        setRefusal(null);
        done(answer.data);
        router.refresh();
        return;
      }
      const found = answer ? refusalOf(answer.problem) : lost;
      setRefusal(found);
      if (answer?.problem.code === "conflict") router.refresh();
      options.refused?.(found);
    });
  return { run, isBusy, refusal, clear: () => setRefusal(null) };
}
