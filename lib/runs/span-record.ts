import type { Json, JsonObject } from "#/lib/contract/json.ts";
import type { StepError, Usage } from "#/lib/contract/run.ts";
import type { EffectVerdict, SpanKind, SpanStatus } from "#/lib/contract/status.ts";

/** What happened to one tool call, as stored on its span. */
export type EffectRecord = {
  verdict: EffectVerdict;
  mutating: boolean;
  why: string;
  /** Id of the mutation grant that allowed the call. */
  grant: string | null;
  tool: string;
  /** Null for a call that failed before it could be judged. */
  callSignature: string | null;
  againstOriginal: "same" | "other_arguments" | "never" | null;
  recordedFrom: { runId: string; spanId: string } | null;
};

/** One span as the engine holds and writes it: the narrow row and, where they changed, its bodies. */
export type SpanRecord = {
  id: string;
  parentId: string | null;
  key: string;
  kind: SpanKind;
  nodeId: string;
  name: string;
  status: SpanStatus;
  attempt: number;
  seq: number;
  startRev: number;
  startedAt: Date;
  finishedAt: Date | null;
  wakeAt: Date | null;
  /** Size of its output (output-limits.ts), which the writer fills in. */
  outputBytes: number | null;
  modelRef: string | null;
  answeredModel: string | null;
  promptArtifact: string | null;
  promptHash: string | null;
  madeCall: boolean;
  usage: Usage | null;
  costMicros: number | null;
  effect: EffectRecord | null;
  reused: { runId: string; spanId: string } | null;
  error: StepError | null;
  input?: Json;
  output?: Json;
  attributes?: JsonObject;
};

/** Ended, one way or another: never executed again. */
export function isEnded(status: SpanStatus): boolean {
  return status !== "running" && status !== "waiting";
}
