import type { Json, JsonObject } from "#/lib/contract/json.ts";
import type { StepError } from "#/lib/contract/run.ts";
import type { NodeDefinition } from "#/lib/workflows/definition.ts";
import { evaluateCondition, renderValue, type Scope } from "#/lib/workflows/expression.ts";
import { runAgentStep } from "./agent-step.ts";
import { runModelStep } from "./model-step.ts";
import type { Session } from "./session.ts";
import { asStepFailure, Interrupted, StepFailure } from "./step-failure.ts";
import { performToolCall, withBody } from "./tool-call.ts";

export type StepResult =
  | { status: "completed"; output: Json }
  | { status: "skipped" }
  | { status: "failed"; error: StepError; key: string }
  | { status: "interrupted" };

/** Runs one node at a path of the run. Every way in which it ends is written as a span before this resolves. */
export async function runStep(session: Session, node: NodeDefinition, key: string, scope: Scope): Promise<StepResult> {
  try {
    if (node.when !== undefined && !evaluateCondition(node.when, scope)) return await skipStep(session, node, key);
    return { status: "completed", output: await execute(session, node, key, scope) };
  } catch (error) {
    if (error instanceof Interrupted) return { status: "interrupted" };
    const failure = asStepFailure(error);
    if (!session.writer.hasWritten(key))
      await session.writer.append({ ...spanOf(node, key), status: "failed", error: failure.error });
    return { status: "failed", error: failure.error, key };
  }
}

/** Writes a step that is not executed: its `when` is false, or all that it needs were skipped. */
export async function skipStep(session: Session, node: NodeDefinition, key: string): Promise<StepResult> {
  await session.writer.append({ ...spanOf(node, key), status: "skipped" });
  return { status: "skipped" };
}

async function execute(session: Session, node: NodeDefinition, key: string, scope: Scope): Promise<Json> {
  switch (node.type) {
    case "model":
      return runModelStep(session, node, key, scope);
    case "agent":
      return runAgentStep(session, node, key, scope);
    case "tool":
      return runToolStep(session, node, key, scope);
    case "transform": {
      const startedAt = new Date();
      const output = renderValue(node.value as Json, scope);
      await session.writer.append({ ...spanOf(node, key), startedAt, status: "completed", output });
      return output;
    }
    default:
      throw new StepFailure("step_failed", `Nodes of type ${node.type} cannot be executed yet.`);
  }
}

type ToolNode = Extract<NodeDefinition, { type: "tool" }>;

async function runToolStep(session: Session, node: ToolNode, key: string, scope: Scope): Promise<Json> {
  const own = toolOf(session, node, scope);
  const { output } = await performToolCall(session, {
    key,
    kind: "tool",
    parentId: null,
    nodeId: node.id,
    ...own,
    nodeAllowsMutations: node.policies?.replay?.allowMutations,
    retry: node.retry ?? own.retry,
    timeoutMs: node.timeoutMs ?? own.timeoutMs,
  });
  return output;
}

/** A tool node makes its own request, or calls a named tool of the version with arguments. */
function toolOf(session: Session, node: ToolNode, scope: Scope) {
  if (node.http)
    return {
      tool: node.http.method,
      spec: node.http,
      mutating: node.mutating,
      args: null,
      outputSchema: null,
      scope,
      retry: undefined,
      timeoutMs: undefined,
    };
  const name = node.tool ?? "";
  const tool = session.definition.tools?.[name];
  if (!tool) throw new StepFailure("tool_failed", `The tool ${name} is not defined in this version.`);
  const args = renderValue((node.arguments ?? {}) as Json, scope);
  return {
    tool: name,
    spec: withBody(tool.http),
    mutating: node.mutating === true || tool.mutating === true ? true : undefined,
    args,
    outputSchema: (tool.output as JsonObject | undefined) ?? null,
    scope: { ...scope, args },
    retry: tool.retry,
    timeoutMs: tool.timeoutMs,
  };
}

function spanOf(node: NodeDefinition, key: string) {
  return { key, kind: node.type, nodeId: node.id, name: node.title ?? node.id } as const;
}
