import { redactMessage } from "#/lib/core/redact-text.ts";
import { buildGraph, readyNodes, type NodeState } from "#/lib/workflows/graph.ts";
import type { Level, LevelEnd } from "./place.ts";
import { plainText } from "./redact.ts";
import { runStep, skipStep, type StepResult } from "./run-step.ts";
import type { Session } from "./session.ts";

/**
 * Walks one level from where it stands: starts every node whose needs have ended, several at once, until nothing is
 * left, everything left waits, or the run must stop. After a failure nothing new starts; what is in flight ends first.
 */
export async function walkLevel(session: Session, level: Level): Promise<LevelEnd> {
  const graph = buildGraph(level);
  const states = new Map<string, NodeState>();
  const end: LevelEnd = { ended: false, failures: [], waits: [] };
  restore(session, level, states, end);
  const inFlight = new Map<string, Promise<void>>();

  const begin = (nodeId: string, skip: boolean) => {
    const node = graph.node(nodeId);
    states.set(nodeId, "running");
    const work = skip ? skipStep(session, node, level) : runStep(session, node, level, walkLevel);
    const done = work.then((result) => settleStep(session, level, states, end, nodeId, result));
    inFlight.set(
      nodeId,
      done.finally(() => inFlight.delete(nodeId)),
    );
  };

  for (;;) {
    if (session.stop.reason === null && end.failures.length === 0) {
      const next = readyNodes(graph, states);
      for (const nodeId of next.skip) begin(nodeId, true);
      for (const nodeId of next.run) begin(nodeId, false);
    }
    if (inFlight.size === 0) break;
    await Promise.race(inFlight.values());
  }
  end.ended = graph.order.every((id) => states.get(id) === "completed" || states.get(id) === "skipped");
  return end;
}

function settleStep(
  session: Session,
  level: Level,
  states: Map<string, NodeState>,
  end: LevelEnd,
  nodeId: string,
  result: StepResult,
): void {
  switch (result.status) {
    case "interrupted":
      states.delete(nodeId);
      return;
    case "waiting":
      states.set(nodeId, "waiting");
      end.waits.push(...result.waits);
      return;
    case "failed":
      states.set(nodeId, "failed");
      end.failures.push({
        code: result.error.code,
        message: plainText(redactMessage(result.error.message, session.writer.secretValues)),
        nodeId,
        spanId: session.writer.spanIdOf(result.key),
      });
      return;
    case "skipped":
      states.set(nodeId, "skipped");
      session.outputs.skip(level.outputs, nodeId);
      return;
    case "completed":
      states.set(nodeId, "completed");
      session.outputs.add(level.outputs, nodeId, session.writer.storedAt(level.prefix + nodeId), result.output);
  }
}

/** Steps that an earlier holder ended are not executed again; their outputs are known to the level already. */
function restore(session: Session, level: Level, states: Map<string, NodeState>, end: LevelEnd): void {
  for (const { id } of level.nodes) {
    const span = session.earlier.get(level.prefix + id);
    if (span?.status === "completed" || span?.status === "skipped") states.set(id, span.status);
    if (span?.status === "failed") {
      states.set(id, "failed");
      end.failures.push({
        ...(span.error ?? { code: "step_failed", message: `${id} failed.` }),
        nodeId: id,
        spanId: span.id,
      });
    }
  }
}
