import type { Problem } from "#/lib/contract/problem.ts";

/** A server action on one run as the browser sees it; the page passes it down. */
export type RunAction = (input: { workspaceSlug: string; runId: string }) => Promise<ActionResult>;
export type ActionResult = { ok: true; data: unknown } | { ok: false; problem: Problem };

/** Runs an action; a lost connection becomes a readable refusal, so that callers have one way to fail. */
export async function tryAction(action: RunAction, input: Parameters<RunAction>[0]): Promise<string | null> {
  try {
    const result = await action(input);
    return result.ok ? null : result.problem.detail;
  } catch {
    return "The server could not be reached. Your change may not have been saved; check the run and try again.";
  }
}
