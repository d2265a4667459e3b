import { database } from "#/db/client.ts";
import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { now } from "#/lib/core/clock.ts";
import type { ChatMessage, ChatPart, ModelRequest, ToolCallPart, ToolResultPart } from "#/lib/models/chat.ts";
import { splitModelRef } from "#/lib/models/catalogue.ts";
import type { NodeDefinition } from "#/lib/workflows/definition.ts";
import type { Scope } from "#/lib/expressions/expression.ts";
import { type AgentTool, loadAgentTools, offeredTool } from "./agent-tools.ts";
import { runAttempts } from "./attempts.ts";
import type { Turn } from "./concrete-call.ts";
import { inLanes } from "./lanes.ts";
import { shortRun } from "./long-runs.ts";
import { callModelOnce, costOfModelCall, type PricedResponse } from "./model-call.ts";
import {
  answerOf,
  callUsage,
  failModelSpan,
  openingMessages,
  responseAttributes,
  startModelSpan,
} from "./model-step.ts";
import { effectiveModelRef } from "./overrides.ts";
import { notShown, saidFault, shownResults } from "./output-limits.ts";
import type { Place } from "./place.ts";
import { retryRule } from "./retry.ts";
import type { Session } from "./session.ts";
import { inSlot, inSlotInLine } from "./in-slot.ts";
import type { SpanRecord } from "./span-record.ts";
import { spanBodiesOf, type SpanRow } from "./span-store.ts";
import { Rendering } from "./rendering.ts";
import { asStepFailure, StepFailure } from "./step-failure.ts";
import { performToolCall, refusedEffect } from "./tool-call.ts";
import { inTurns } from "./turns.ts";

type AgentNode = Extract<NodeDefinition, { type: "agent" }>;
type Agent = {
  session: Session;
  node: AgentNode;
  ref: string;
  key: string;
  scope: Scope;
  step: SpanRecord;
  tools: AgentTool[];
};

/** A model may ask for any number of calls in one answer. */
const mostCallsInTurn = 128;
const callsInTurnAtOnce = 8;

/**
 * Runs an agent: calls its model in turns and makes the tool calls that it chooses, until it answers without one. Turns
 * and calls are spans, so a worker that takes over continues after the last one that ended. Throws
 * `agent_turns_exceeded`.
 */
export async function runAgentStep(session: Session, node: AgentNode, place: Place): Promise<Json> {
  const { key, parentId, scope } = place;
  const ref = effectiveModelRef(node, session.overrides);
  const opening = await place.rendering.real((steps) => openingMessages(session, node, scope, steps));
  const step = await startModelSpan(session, { node, key, parentId, ref, input: opening as unknown as Json });
  try {
    const tools = await loadAgentTools(session, node);
    const output = await converse({ session, node, ref, key, scope, step, tools }, opening);
    await session.writer.update(step, { status: "completed", finishedAt: now(), output });
    return output;
  } catch (error) {
    throw await failModelSpan(session, step, false, error);
  }
}

async function converse(agent: Agent, opening: Pick<ModelRequest, "system" | "messages">): Promise<Json> {
  const messages: ChatMessage[] = [...opening.messages];
  let fresh: ChatMessage[] = messages;
  let [said, shown] = [0, 0];
  for (let turn = 1; turn <= agent.node.maxTurns; turn++) {
    const request = turnRequest(agent, opening.system, messages);
    const answer = await takeTurn(agent, turn, request, fresh);
    messages.push({ role: "assistant", parts: answer.parts });
    const calls = answer.parts.filter((part) => part.type === "tool_call");
    if (calls.length === 0) return answer.output;
    said += answer.bytes;
    const fault = saidFault(agent.node.id, said);
    if (fault !== null) throw new StepFailure("run_too_large", fault);
    const results = await makeCalls(agent, `turn-${turn}`, calls, shown);
    shown += results.bytes;
    fresh = [{ role: "tool", parts: results.parts }];
    messages.push(...fresh);
  }
  throw new StepFailure("agent_turns_exceeded", `The agent did not finish within ${agent.node.maxTurns} turns.`);
}

/**
 * Makes the calls of one answer, eight at once; a step does not end before the calls that it began. Calls beyond 128
 * are not made: the model is told so, and may ask again. A result that the model is not shown (output-limits.ts) is
 * released as soon as that is known; the trace has it. `before` and `bytes`: the size of what the model was shown
 * before, and is shown now.
 */
async function makeCalls(
  agent: Agent,
  at: string,
  calls: ToolCallPart[],
  before: number,
): Promise<{ parts: ChatPart[]; bytes: number }> {
  const made = calls.slice(0, mostCallsInTurn);
  if (made.length > shortRun.callsOfAnswer) agent.session.foundLong();
  const sizes = made.map((): number | null => null);
  const results: ToolResultPart[] = [];
  const [lines, turns] = [inTurns(made.length), inTurns(made.length)];
  await inLanes(made, callsInTurnAtOnce, async (call, index) => {
    const [line, turn] = [lines[index], turns[index]];
    const { part, bytes } = await makeCall(agent, at, index, call, { line, turn }).finally(() => {
      line?.leave();
      turn?.leave();
    });
    results[index] = part;
    sizes[index] = bytes;
    for (const [other, isShown] of shownResults(sizes, before).entries()) {
      const result = results[other];
      if (!isShown && result) result.output = notShown(sizes[other] ?? 0);
    }
  });
  const refusal = `Not made: one answer may call tools ${mostCallsInTurn} times, this one did ${calls.length} times.`;
  const isShown = shownResults(sizes, before);
  return {
    parts: [...results, ...calls.slice(mostCallsInTurn).map((call) => toolResult(call, refusal, true))],
    bytes: sizes.reduce<number>((sum, bytes, index) => sum + (isShown[index] ? (bytes ?? 0) : 0), 0),
  };
}

function toolResult(call: ToolCallPart, output: Json, isError: boolean): ToolResultPart {
  return { type: "tool_result", callId: call.id, name: call.name, output, isError };
}

function turnRequest(agent: Agent, system: string | null, messages: ChatMessage[]): ModelRequest {
  const { node, ref } = agent;
  return {
    modelId: splitModelRef(ref)?.id ?? ref,
    ref,
    system,
    messages: [...messages],
    tools: agent.tools.map(({ name, description, inputSchema }) => ({
      name,
      description,
      inputSchema: inputSchema ?? { type: "object" },
    })),
    outputSchema: (node.output as JsonObject | undefined) ?? null,
    toolChoice: "auto",
    maxOutputTokens: node.maxOutputTokens ?? null,
    effort: node.effort ?? null,
  };
}

/** `bytes`: the size of both, as the trace has them. */
type TurnAnswer = { parts: ChatPart[]; output: Json; bytes: number };

/** One model call of the agent. Its span keeps only the messages that are new since the previous turn. */
async function takeTurn(agent: Agent, turn: number, request: ModelRequest, fresh: ChatMessage[]): Promise<TurnAnswer> {
  const { session, node, ref } = agent;
  const key = `${agent.key}/turn-${turn}`;
  const earlier = session.earlier.get(key);
  if (earlier?.status === "completed") return recordedTurn(session, earlier, node);
  if (earlier?.status === "failed" && earlier.error) throw new StepFailure(earlier.error.code, earlier.error.message);
  const span = await session.writer.start({
    key,
    kind: "model_call",
    parentId: agent.step.id,
    nodeId: node.id,
    name: `turn ${turn}`,
    modelRef: ref,
    promptHash: agent.step.promptHash,
    promptArtifact: agent.step.promptArtifact,
    input: turnInput(turn, request, fresh),
  });
  try {
    const { result, attempt } = await runAttempts(
      session,
      { record: span, rule: retryRule("model", node.retry) },
      async () => {
        const priced = await inSlot(session, () => callModelOnce(session, request, node.timeoutMs));
        return { ...priced, output: await finalOutput(session, priced, node) };
      },
      costOfModelCall,
    );
    const { outputBytes } = await session.writer.update(span, {
      status: "completed",
      finishedAt: now(),
      attempt,
      output: { parts: result.response.parts as unknown as Json, output: result.output },
      answeredModel: result.response.responseModel,
      attributes: responseAttributes(ref, result),
      ...(attempt === 1 ? callUsage(result) : {}),
    });
    return { parts: result.response.parts, output: result.output, bytes: outputBytes ?? 0 };
  } catch (error) {
    throw await failModelSpan(session, span, true, error);
  }
}

function turnInput(turn: number, request: ModelRequest, fresh: ChatMessage[]): Json {
  if (turn > 1) return { messages: fresh as unknown as Json };
  const { system, messages, tools, outputSchema } = request;
  return { system, messages, tools, outputSchema } as unknown as Json;
}

/** An answer that still calls tools is not final, so its text is not checked against the schema. */
async function finalOutput({ workspace }: Session, priced: PricedResponse, node: AgentNode): Promise<Json> {
  const callsTools = priced.response.parts.some((part) => part.type === "tool_call");
  return callsTools ? null : answerOf(workspace.id, priced, node.output);
}

async function recordedTurn(session: Session, { id, outputBytes }: SpanRow, node: AgentNode): Promise<TurnAnswer> {
  const bodies = await spanBodiesOf(database(), session.workspace.id, [id]);
  const output = bodies.get(id)?.output as { parts?: ChatPart[]; output?: Json } | undefined;
  if (!output?.parts) throw new StepFailure("step_failed", `The record of a turn of ${node.id} is missing.`);
  return { parts: output.parts, output: output.output ?? null, bytes: outputBytes ?? 0 };
}

/** A model may invent names of any length, with characters that no key can hold. */
function stepName({ tools }: Agent, { name }: ToolCallPart): string {
  return tools.some((tool) => tool.name === name) ? name : "unknown";
}

/**
 * Makes one tool call that the model chose. A failure becomes an answer to the model, unless nobody can know what the
 * call did. The call waits its turn among the calls of its answer: in `line` for one of the run's slots, in `turn` for
 * its answer from the record. `bytes`: the size of the result, as JSON.
 */
async function makeCall(
  agent: Agent,
  at: string,
  index: number,
  call: ToolCallPart,
  { line, turn }: { line: Turn | undefined; turn: Turn | undefined },
): Promise<{ part: ToolResultPart; bytes: number }> {
  const { session, node } = agent;
  const key = `${agent.key}/${at}/${stepName(agent, call)}-${index}`;
  const answer = (output: Json, bytes: number | null) => ({ part: toolResult(call, output, false), bytes: bytes ?? 0 });
  const refusal = (message: string) => ({ part: toolResult(call, message, true), bytes: Buffer.byteLength(message) });
  const earlier = session.earlier.get(key);
  if (earlier?.status === "completed") {
    const bodies = await spanBodiesOf(database(), session.workspace.id, [earlier.id]);
    return answer(bodies.get(earlier.id)?.output ?? null, earlier.outputBytes);
  }
  if (earlier?.status === "failed" && earlier.error) {
    const { code, message } = earlier.error;
    if (code === "unknown_outcome") throw new StepFailure(code, message, { fatal: true });
    return refusal(message);
  }
  try {
    const args = call.arguments ?? {};
    const tool = await offeredTool(session.workspace.id, agent.tools, call.name, args);
    const made = {
      key,
      kind: "tool_call",
      parentId: agent.step.id,
      nodeId: node.id,
      tool: call.name,
      source: tool.source,
      mutating: tool.mutating,
      args,
      identity: { args, ignored: tool.ignored },
      outputSchema: tool.outputSchema,
      scope: { ...agent.scope, args },
      rendering: new Rendering(session),
      nodeAllowsMutations: node.policies?.replay?.allowMutations,
      retry: tool.retry,
      timeoutMs: tool.timeoutMs,
      ...(turn && { turn }),
    } as const;
    const result = await inSlotInLine(line, session, () => performToolCall(session, made));
    return answer(result.output, result.span.outputBytes);
  } catch (error) {
    const failure = asStepFailure(error);
    if (failure.fatal) throw failure;
    if (!session.writer.hasWritten(key))
      await session.writer.append({
        key,
        kind: "tool_call",
        parentId: agent.step.id,
        nodeId: node.id,
        name: call.name,
        status: "failed",
        error: failure.error,
        effect: refusedEffect(stepName(agent, call)),
        input: { arguments: call.arguments },
      });
    return refusal(failure.message);
  }
}
