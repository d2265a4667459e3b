import { inTurn } from "#/lib/core/loop-turns.ts";
import { redactMessage } from "#/lib/core/redact-text.ts";
import type { Json } from "#/lib/contract/json.ts";
import { renderValue } from "#/lib/expressions/expression.ts";
import { readsOfValue } from "./node-reads.ts";
import type { LevelEnd } from "./place.ts";
import type { Session } from "./session.ts";
import type { Outcome } from "./settle-run.ts";
import { asStepFailure } from "./step-failure.ts";
import { firstWait } from "./waiting.ts";
import { walkLevel } from "./walk-level.ts";

/** Walks a run from where it stands to its end, or to the point where it is let go. */
export async function walk(session: Session): Promise<Outcome | { kind: "lost" }> {
  const { nodes } = session.definition;
  const end = await walkLevel(session, {
    nodes,
    prefix: "",
    parentId: null,
    scope: session.scope,
    outputs: session.level,
  });
  return outcomeOf(session, end);
}

async function outcomeOf(session: Session, end: LevelEnd): Promise<Outcome | { kind: "lost" }> {
  const stopped = session.stop.reason;
  if (stopped === "lost" || stopped === "shutdown") return { kind: "lost" };
  if (stopped === "cancel") return { kind: "cancelled", reason: session.run.controlReason ?? "user" };
  if (stopped === "timed_out") return timedOut(session.run.maxDurationMs);
  const failure = end.failures[0];
  if (failure) return { kind: "failed", reason: "error", error: failure };
  if (!end.ended && stopped === "pause") return { kind: "paused" };
  if (!end.ended && stopped === "handover") return { kind: "lost" };
  if (!end.ended) return { kind: "waiting", ...firstWait(end.waits) };
  return finalOutput(session);
}

/** A run that took longer than it may. */
export function timedOut(maxDurationMs: number | null): Outcome {
  const message = `The run did not finish within ${maxDurationMs} ms.`;
  return { kind: "failed", reason: "timed_out", error: { code: "timed_out", message, nodeId: null, spanId: null } };
}

async function finalOutput({ definition, outputs, level, scope, writer, workspace }: Session): Promise<Outcome> {
  try {
    const template = (definition.output ?? null) as Json;
    const value = await outputs.using(level, readsOfValue(template), "the workflow's output", (nodes) =>
      inTurn(workspace.id, () => renderValue(template, { ...scope, nodes })),
    );
    return { kind: "completed", output: await writer.withoutSecrets(value) };
  } catch (error) {
    const failure = asStepFailure(error);
    const message = redactMessage(`The workflow's output: ${failure.message}`, writer.secretValues);
    return { kind: "failed", reason: "error", error: { code: failure.code, message, nodeId: null, spanId: null } };
  }
}
