import type { Json } from "#/lib/contract/json.ts";
import type { RunError } from "#/lib/contract/run.ts";
import { buildGraph, readyNodes, type NodeState } from "#/lib/workflows/graph.ts";
import { renderValue } from "#/lib/workflows/expression.ts";
import { plainText, redactJson, redactText } from "./redact.ts";
import { runStep, skipStep, type StepResult } from "./run-step.ts";
import type { Session } from "./session.ts";
import type { Outcome } from "./settle-run.ts";
import { asStepFailure } from "./step-failure.ts";

/**
 * Walks the version's graph from where the run stands: starts every node whose needs have ended, several at once, until
 * nothing is left or the run must stop. After a failure nothing new starts; what is in flight ends first.
 */
export async function walk(session: Session): Promise<Outcome | { kind: "lost" }> {
  const graph = buildGraph(session.definition);
  const states = new Map<string, NodeState>();
  restore(session, states);
  const failures: RunError[] = restoredFailures(session);
  const inFlight = new Map<string, Promise<void>>();

  const begin = (nodeId: string, skip: boolean) => {
    const node = graph.node(nodeId);
    states.set(nodeId, "running");
    const work = skip ? skipStep(session, node, nodeId) : runStep(session, node, nodeId, session.scope);
    const done = work.then((result) => settleStep(session, states, failures, nodeId, result));
    inFlight.set(
      nodeId,
      done.finally(() => inFlight.delete(nodeId)),
    );
  };

  for (;;) {
    if (session.stop.reason === null && failures.length === 0) {
      const next = readyNodes(graph, states);
      for (const nodeId of next.skip) begin(nodeId, true);
      for (const nodeId of next.run) begin(nodeId, false);
    }
    if (inFlight.size === 0) break;
    await Promise.race(inFlight.values());
  }
  return outcomeOf(session, failures, allEnded(graph.order, states));
}

function settleStep(
  session: Session,
  states: Map<string, NodeState>,
  failures: RunError[],
  nodeId: string,
  result: StepResult,
): void {
  if (result.status === "interrupted") {
    states.delete(nodeId);
    return;
  }
  states.set(nodeId, result.status);
  if (result.status === "failed")
    failures.push({
      code: result.error.code,
      message: plainText(redactText(result.error.message, session.writer.secretValues)),
      nodeId,
      spanId: session.writer.spanIdOf(result.key),
    });
  else session.scope.nodes[nodeId] = { output: result.status === "completed" ? result.output : null, status: result.status };
}

/** Steps that an earlier holder ended are not executed again; their outputs are in the session's scope already. */
function restore(session: Session, states: Map<string, NodeState>): void {
  for (const span of session.earlier.values()) {
    if (span.parentId !== null || span.kind === "attempt" || span.key !== span.nodeId) continue;
    if (span.status === "completed" || span.status === "skipped" || span.status === "failed")
      states.set(span.nodeId, span.status);
  }
}

function restoredFailures(session: Session): RunError[] {
  return [...session.earlier.values()]
    .filter((span) => span.parentId === null && span.kind !== "attempt" && span.status === "failed" && span.error !== null)
    .map((span) => ({ ...span.error!, nodeId: span.nodeId, spanId: span.id }));
}

function allEnded(order: readonly string[], states: Map<string, NodeState>): boolean {
  return order.every((id) => states.get(id) === "completed" || states.get(id) === "skipped");
}

function outcomeOf(session: Session, failures: RunError[], ended: boolean): Outcome | { kind: "lost" } {
  const stopped = session.stop.reason;
  if (stopped === "lost" || stopped === "shutdown") return { kind: "lost" };
  if (stopped === "cancel") return { kind: "cancelled", reason: session.run.controlReason ?? "user" };
  if (stopped === "timed_out") {
    const message = `The run did not finish within ${session.run.maxDurationMs} ms.`;
    return { kind: "failed", reason: "timed_out", error: { code: "timed_out", message, nodeId: null, spanId: null } };
  }
  const failure = failures[0];
  if (failure) return { kind: "failed", reason: "error", error: failure };
  if (!ended && stopped === "pause") return { kind: "paused" };
  if (!ended && stopped === "handover") return { kind: "lost" };
  return finalOutput(session);
}

function finalOutput(session: Session): Outcome {
  try {
    const { output } = session.definition;
    const value = output === undefined ? null : renderValue(output as Json, session.scope);
    return { kind: "completed", output: redactJson(value, session.writer.secretValues) };
  } catch (error) {
    const failure = asStepFailure(error);
    const message = redactText(`The workflow's output: ${failure.message}`, session.writer.secretValues);
    return { kind: "failed", reason: "error", error: { code: failure.code, message, nodeId: null, spanId: null } };
  }
}
