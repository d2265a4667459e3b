import type { StepError } from "#/lib/contract/run.ts";
import { argumentsPart, isFormer, isSameCall } from "#/lib/tools/canonical-call.ts";
import type { SpanRow } from "./span-store.ts";

/** One call that a run wants to make: where, of what, and what identifies it. */
export type CallIdentity = {
  nodeId: string;
  /** Path of the call's step in this run. */
  key: string;
  tool: string;
  signature: string;
  /** What identified it in older records (canonical-call.ts). */
  former?: string;
};

/** What the world answered: the span that holds the output, or the failure. */
export type RecordedAnswer = { runId: string; spanId: string; error: StepError | null };
/** One call of the original. Without an answer, it was made, but nobody knows (any more) what came of it. */
export type CallRecord = Pick<CallIdentity, "nodeId" | "key" | "tool" | "signature"> & {
  answer: RecordedAnswer | null;
};

/** Compared with the original: the same call, the same tool with other arguments, or a call that it never made. */
type AgainstOriginal = "same" | "other_arguments" | "never";

/** Calls of one node and tool with the same arguments. */
type Group = { byKey: Map<string, CallRecord>; inOrder: CallRecord[]; isSorted: boolean };

/**
 * What the original run did, by node (after mapping), tool and signature. A call gets the answer to the same call of
 * the same step; otherwise the n-th identical call gets the n-th recorded answer of those that are left. A failure is
 * an answer too. When the original made fewer calls, there is none for the rest.
 */
export class RecordedCalls {
  readonly #groups = new Map<string, Group>();
  readonly #tools = new Set<string>();
  readonly #taken = new Set<CallRecord>();
  readonly #byAnswer = new Map<string, CallRecord>();
  /** Are there records from before requests were part of signatures? */
  readonly hasFormer: boolean;
  /** Paths of map items that are under way (`each[2].`). */
  readonly #underWay = new Set<string>();

  /** `moved`: where the record of a source node, and of a step's path, is in the version that runs; null = gone. */
  constructor(
    records: readonly CallRecord[],
    moved: { node: (nodeId: string) => string | null; key: (key: string) => string },
  ) {
    this.hasFormer = records.some(({ signature }) => isFormer(signature));
    for (const original of records) {
      const nodeId = moved.node(original.nodeId);
      if (nodeId === null) continue;
      const record = { ...original, nodeId, key: moved.key(original.key) };
      this.#tools.add(toolKey(record));
      const key = groupKey(record, record.signature);
      const group: Group = this.#groups.get(key) ?? { byKey: new Map(), inOrder: [], isSorted: false };
      this.#groups.set(key, group);
      if (!group.byKey.has(record.key)) group.byKey.set(record.key, record);
      group.inOrder.push(record);
      if (record.answer) this.#byAnswer.set(record.answer.spanId, record);
    }
  }

  /** Takes the record of this call, with its answer if it has one, and says how the call compares with the original. */
  take(call: CallIdentity): { answer: RecordedAnswer | null; against: AgainstOriginal } {
    const record = this.#recordOf(call);
    if (!record) return { answer: null, against: this.#unlike(call) };
    this.#taken.add(record);
    return { answer: record.answer, against: "same" };
  }

  /** Takes what this run took before (it resumes after a crash): the answer that it got, otherwise as `take` does. */
  restore(call: CallIdentity, answeredFrom: string | null): void {
    const record = answeredFrom === null ? undefined : this.#byAnswer.get(answeredFrom);
    if (record) this.#taken.add(record);
    else this.take(call);
  }

  /**
   * The map item with this path has begun; call the returned function at its end. While it is under way, other items
   * leave it its own answers.
   */
  beginItem(prefix: string): () => void {
    this.#underWay.add(prefix);
    return () => void this.#underWay.delete(prefix);
  }

  #recordOf(call: CallIdentity): CallRecord | undefined {
    for (const signature of signaturesOf(call)) {
      const isFree = (record: CallRecord) => !this.#taken.has(record) && isSameCall(record.signature, signature);
      const group = this.#groups.get(groupKey(call, signature));
      if (!group) continue;
      const ofStep = group.byKey.get(call.key);
      if (ofStep && isFree(ofStep)) return ofStep;
      if (!group.isSorted) group.inOrder.sort(asAsked);
      group.isSorted = true;
      const isKept = (record: CallRecord) => group.inOrder.length > 1 && this.#isOfOtherItem(record, call);
      const next = group.inOrder.find((record) => isFree(record) && !isKept(record));
      if (next) return next;
    }
    return undefined;
  }

  #isOfOtherItem(record: CallRecord, call: CallIdentity): boolean {
    const item = itemOf(record.key);
    return item !== itemOf(call.key) && this.#underWay.has(item);
  }

  #unlike(call: CallIdentity): AgainstOriginal {
    const wasMade = signaturesOf(call).some((signature) =>
      this.#groups.get(groupKey(call, signature))?.inOrder.some((record) => isSameCall(record.signature, signature)),
    );
    return !wasMade && this.#tools.has(toolKey(call)) ? "other_arguments" : "never";
  }
}

/** What is known of the span that answered a call, as long as its body is kept: whether it was simulated. */
export type Origin = { isSimulated: boolean };
export type RecordableSpan = Pick<
  SpanRow,
  | "id"
  | "runId"
  | "nodeId"
  | "key"
  | "tool"
  | "status"
  | "error"
  | "effectVerdict"
  | "callSignature"
  | "recordedRun"
  | "recordedSpan"
  | "reusedRun"
  | "reusedSpan"
>;

/**
 * A span as the record of a call; null when it is not one. Through a chain of replays the answer leads to the first.
 * `origin`: what is known of the span behind (`spanBehind`), null when it is gone.
 */
export function callRecord(span: RecordableSpan, origin: Origin | null): CallRecord | null {
  const { nodeId, key, tool, callSignature: signature } = span;
  if (tool === null || signature === null) return null;
  const isGone = spanBehind(span) !== null && (origin === null || origin.isSimulated);
  const isAnswer = !isGone && isAnswered(span) && span.effectVerdict !== "dry_run_simulated";
  return { nodeId, key, tool, signature, answer: isAnswer ? answerOf(span) : null };
}

/** The span that holds what this one was answered with, if that is another. */
export function spanBehind(span: Pick<SpanRow, "recordedSpan" | "reusedSpan">): string | null {
  return span.recordedSpan ?? span.reusedSpan;
}

/** A failure is an answer, unless nobody knows what the call did. */
function isAnswered({ status, error }: RecordableSpan): boolean {
  return status === "completed" || (status === "failed" && error !== null && error.code !== "unknown_outcome");
}

function answerOf(span: RecordableSpan): RecordedAnswer {
  const error = span.status === "failed" ? span.error : null;
  if (span.recordedRun && span.recordedSpan) return { runId: span.recordedRun, spanId: span.recordedSpan, error };
  if (span.reusedRun && span.reusedSpan) return { runId: span.reusedRun, spanId: span.reusedSpan, error };
  return { runId: span.runId, spanId: span.id, error };
}

/** Path of the item of a map around a step; empty outside maps. */
function itemOf(key: string): string {
  const end = key.lastIndexOf("].");
  return end === -1 ? "" : key.slice(0, end + 2);
}

const numbersByValue = new Intl.Collator("en", { numeric: true });

/** Calls were requested in the order of their paths: items and turns by number, a turn's calls by their place in it. */
function asAsked(a: CallRecord, b: CallRecord): number {
  return numbersByValue.compare(a.key, b.key);
}

function signaturesOf({ signature, former }: CallIdentity): string[] {
  return former === undefined ? [signature] : [signature, former];
}

const toolKey = ({ nodeId, tool }: Pick<CallIdentity, "nodeId" | "tool">) => `${nodeId}\n${tool}`;
const groupKey = (call: Pick<CallIdentity, "nodeId" | "tool">, signature: string) =>
  `${toolKey(call)}\n${argumentsPart(signature)}`;
