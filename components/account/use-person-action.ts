"use client";

import { useSyncExternalStore, useState, useTransition } from "react";
import { type ActionAnswer } from "#/components/shell/use-server-action.ts";
import { type Refusal, refusalOf } from "#/components/shell/refusal.ts";

/** A server action that belongs to no workspace. */
export type PersonAction<I extends object, T = unknown> = (input: I) => Promise<ActionAnswer<T>>;

const lost: Refusal = {
  message: "The server could not be reached. Check the connection and try again.",
  fields: [],
  requestId: null,
  code: null,
};

/**
 * Runs a person's own action: `run(input, done)` also waits for `done`, so that the button stays busy until the end.
 */
export function usePersonAction<I extends object, T>(action: PersonAction<I, T>) {
  const [isBusy, start] = useTransition();
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const run = (input: I, done: (data: T) => void | Promise<void>) =>
    start(async () => {
      const answer = await action(input).catch(() => null);
      setRefusal(answer?.ok ? null : answer ? refusalOf(answer.problem) : lost);
      if (answer?.ok) await done(answer.data);
    });
  return { run, isBusy, refusal };
}

const noChange = () => () => {};

/** False until the page is hydrated: before that the browser would submit the form itself, which leads nowhere. */
export function useIsAlive(): boolean {
  return useSyncExternalStore(
    noChange,
    () => true,
    () => false,
  );
}
