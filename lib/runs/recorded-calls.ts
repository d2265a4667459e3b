import type { SpanRow } from "./span-store.ts";

export type CallIdentity = { nodeId: string; tool: string; signature: string };
export type RecordedSpan = { runId: string; spanId: string };

/**
 * What the original run did, by node (after mapping), tool and canonical arguments. The n-th identical call gets the n-th
 * recorded answer; when the original made fewer, there is none for the rest.
 */
export class RecordedCalls {
  private readonly answers = new Map<string, RecordedSpan[]>();
  private readonly tools = new Set<string>();
  private readonly taken = new Map<string, number>();

  constructor(sourceSpans: readonly SpanRow[], mapNode: (nodeId: string) => string | null) {
    for (const span of sourceSpans) {
      if (span.callSignature === null || span.tool === null) continue;
      const nodeId = mapNode(span.nodeId);
      if (nodeId === null) continue;
      this.tools.add(toolKey(nodeId, span.tool));
      const answer = recordedAnswer(span);
      if (!answer) continue;
      const key = callKey({ nodeId, tool: span.tool, signature: span.callSignature });
      this.answers.set(key, [...(this.answers.get(key) ?? []), answer]);
    }
  }

  /** Takes the next recorded answer to this call, or null. Calls of an earlier worker are counted by `restore`. */
  take(call: CallIdentity): RecordedSpan | null {
    const key = callKey(call);
    const used = this.taken.get(key) ?? 0;
    this.taken.set(key, used + 1);
    return this.answers.get(key)?.[used] ?? null;
  }

  /** Counts a call that this run has made before (it resumes after a crash). */
  restore(call: CallIdentity): void {
    const key = callKey(call);
    this.taken.set(key, (this.taken.get(key) ?? 0) + 1);
  }

  /** Compared with the original: the same call, the same tool with other arguments, or a tool that this node never called. */
  against(call: CallIdentity): "same" | "other_arguments" | "never" {
    if (this.answers.has(callKey(call))) return "same";
    return this.tools.has(toolKey(call.nodeId, call.tool)) ? "other_arguments" : "never";
  }
}

/** A real or recorded answer counts; a simulated one is no record. Through a chain of replays it leads to the first. */
function recordedAnswer(span: SpanRow): RecordedSpan | null {
  if (span.status !== "completed" || span.effectVerdict === "dry_run_simulated") return null;
  if (span.recordedRun && span.recordedSpan) return { runId: span.recordedRun, spanId: span.recordedSpan };
  if (span.reusedRun && span.reusedSpan) return { runId: span.reusedRun, spanId: span.reusedSpan };
  return { runId: span.runId, spanId: span.id };
}

const toolKey = (nodeId: string, tool: string) => `${nodeId}\n${tool}`;
const callKey = (call: CallIdentity) => `${call.nodeId}\n${call.tool}\n${call.signature}`;
