import type { StatusReason } from "#/lib/contract/status.ts";

/** What a step waits for, and when it goes on by itself (null = only when someone or something ends the wait). */
export type Wait = {
  reason: Extract<StatusReason, "child_run" | "timer" | "approval" | "retry_backoff">;
  wakeAt: Date | null;
};

/** Thrown by a step that waits outside memory: its span says `waiting`, and the run gives up its slot. */
export class Waiting extends Error {
  readonly wait: Wait;
  /** What people are told about it, where the reason does not say enough. */
  readonly why: string | null;

  constructor(wait: Wait, why: string | null = null) {
    super(`waits: ${wait.reason}`);
    this.wait = wait;
    this.why = why;
  }
}

/** A run's wait: what it shows, when it goes on by itself, and everything that its steps wait for. */
export type RunWait = Wait & { reasons: Wait["reason"][] };

/** The reason a run shows when several of its steps wait: that of the one that goes on first, unknown times last. */
export function firstWait(waits: readonly Wait[]): RunWait {
  const timed = waits.filter((wait) => wait.wakeAt !== null);
  const first = timed.toSorted((a, b) => (a.wakeAt?.getTime() ?? 0) - (b.wakeAt?.getTime() ?? 0))[0];
  const shown = waits.find((wait) => wait.wakeAt === null) ?? first;
  const reasons = [...new Set(waits.map(({ reason }) => reason))];
  return { reason: shown?.reason ?? "timer", wakeAt: first?.wakeAt ?? null, reasons };
}
