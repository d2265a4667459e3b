import type { NodeMappingView, PutNodeMappingRequest } from "#/lib/contract/mapping.ts";
import type { Problem } from "#/lib/contract/problem.ts";
import type { Preflight, ReplayAccepted } from "#/lib/contract/replay.ts";
import type { DraftRequest } from "./replay-draft.ts";

type Answer<T> = Promise<{ ok: true; data: T } | { ok: false; problem: Problem }>;
type ReplayInput = DraftRequest & { workspaceSlug: string; runId: string };

/** The server actions behind the dialog, passed down by the page. */
export type ReplayActions = {
  submit: (input: ReplayInput) => Answer<ReplayAccepted>;
  preflight: (input: ReplayInput) => Answer<Preflight>;
  saveMapping: (input: PutNodeMappingRequest & { workspaceSlug: string }) => Answer<NodeMappingView>;
};

export type Outcome<T> = { ok: true; data: T } | { ok: false; message: string };

/** Calls an action; a refusal and a lost connection both become one readable message. */
export async function callAction<T>(call: () => Answer<T>, lost: string): Promise<Outcome<T>> {
  try {
    const answer = await call();
    if (answer.ok) return answer;
    return { ok: false, message: problemText(answer.problem) };
  } catch {
    return { ok: false, message: lost };
  }
}

/** The message, and what is wrong with each field at fault. */
function problemText(problem: Problem): string {
  const faults = (problem.errors ?? []).map(
    (fault) => `${fault.path.replace(/^body\.(request\.)?/, "")}: ${fault.message}`,
  );
  return [problem.detail, ...faults].join("\n");
}
