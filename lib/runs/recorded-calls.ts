import type { SpanRow } from "./span-store.ts";

export type CallIdentity = { nodeId: string; tool: string; signature: string };
export type RecordedSpan = { runId: string; spanId: string };

/** Compared with the original: the same call, the same tool with other arguments, or a call that it never made. */
export type AgainstOriginal = "same" | "other_arguments" | "never";

/**
 * What the original run did, by node (after mapping), tool and canonical arguments. The n-th identical call gets the n-th
 * recorded answer; when the original made fewer, there is none for the rest.
 */
export class RecordedCalls {
  private readonly answers = new Map<string, RecordedSpan[]>();
  /** How often the original made each call, however it ended: one that failed was made, and has no answer. */
  private readonly made = new Map<string, number>();
  private readonly tools = new Set<string>();
  private readonly taken = new Map<string, number>();

  constructor(sourceSpans: readonly SpanRow[], mapNode: (nodeId: string) => string | null) {
    for (const span of sourceSpans) {
      if (span.callSignature === null || span.tool === null) continue;
      const nodeId = mapNode(span.nodeId);
      if (nodeId === null) continue;
      this.tools.add(toolKey(nodeId, span.tool));
      const key = callKey({ nodeId, tool: span.tool, signature: span.callSignature });
      this.made.set(key, (this.made.get(key) ?? 0) + 1);
      const answer = recordedAnswer(span);
      if (answer) this.answers.set(key, [...(this.answers.get(key) ?? []), answer]);
    }
  }

  /**
   * Counts this call, and gives the recorded answer to it (null = there is none left) and how it compares with the
   * original. Calls of an earlier worker are counted by `restore`.
   */
  take(call: CallIdentity): { answer: RecordedSpan | null; against: AgainstOriginal } {
    const key = callKey(call);
    const used = this.taken.get(key) ?? 0;
    this.taken.set(key, used + 1);
    return { answer: this.answers.get(key)?.[used] ?? null, against: this.against(call, used + 1) };
  }

  /** Counts a call that this run has made before (it resumes after a crash). */
  restore(call: CallIdentity): void {
    const key = callKey(call);
    this.taken.set(key, (this.taken.get(key) ?? 0) + 1);
  }

  private against(call: CallIdentity, nth: number): AgainstOriginal {
    const made = this.made.get(callKey(call));
    if (made !== undefined) return nth <= made ? "same" : "never";
    return this.tools.has(toolKey(call.nodeId, call.tool)) ? "other_arguments" : "never";
  }
}

/** Can this call answer one of a replay? A real or recorded answer counts; a simulated one is no record. */
export function hasRecordedAnswer(span: Pick<SpanRow, "tool" | "callSignature" | "status" | "effectVerdict">): boolean {
  const isCall = span.tool !== null && span.callSignature !== null;
  return isCall && span.status === "completed" && span.effectVerdict !== "dry_run_simulated";
}

/** Through a chain of replays the answer leads to the first. */
function recordedAnswer(span: SpanRow): RecordedSpan | null {
  if (!hasRecordedAnswer(span)) return null;
  if (span.recordedRun && span.recordedSpan) return { runId: span.recordedRun, spanId: span.recordedSpan };
  if (span.reusedRun && span.reusedSpan) return { runId: span.reusedRun, spanId: span.reusedSpan };
  return { runId: span.runId, spanId: span.id };
}

const toolKey = (nodeId: string, tool: string) => `${nodeId}\n${tool}`;
const callKey = (call: CallIdentity) => `${call.nodeId}\n${call.tool}\n${call.signature}`;
