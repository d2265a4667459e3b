import type { JsonObject } from "#/lib/contract/json.ts";
import { openaiProblem } from "./openai-problem.ts";
import { parseResponsesRequest } from "./responses-request.ts";
import { frame, piecesOfText, type Reply, type Wire } from "./wire.ts";

/** OpenAI Responses. */
export const responsesWire: Wire = {
  name: "responses",
  requestIdHeader: "x-request-id",
  parse: parseResponsesRequest,
  whole: (reply) => response(reply, items(reply)),
  frames,
  problem: openaiProblem,
  errorFrame: (message) =>
    frame("error", { type: "error", code: "server_error", message, param: null, sequence_number: 0 }),
};

function items({ answer }: Reply): JsonObject[] {
  const thoughts: JsonObject[] =
    answer.thinking === null
      ? []
      : [{ id: `rs_${answer.id}`, type: "reasoning", summary: [{ type: "summary_text", text: answer.thinking }] }];
  const content = [{ type: "output_text", text: answer.text, annotations: [], logprobs: [] }];
  const texts: JsonObject[] =
    answer.text === ""
      ? []
      : [{ id: `msg_${answer.id}`, type: "message", role: "assistant", status: "completed", content }];
  const calls = answer.toolCalls.map((call): JsonObject => ({
    id: `fc_${call.id}`,
    type: "function_call",
    call_id: `call_${call.id}`,
    name: call.name,
    arguments: JSON.stringify(call.args),
    status: "completed",
  }));
  return [...thoughts, ...texts, ...calls];
}

function response(reply: Reply, output: JsonObject[], isDone = true): object {
  const { ask, answer, usage, createdAt } = reply;
  const status = answer.truncated ? "incomplete" : "completed";
  return {
    id: `resp_${answer.id}`,
    object: "response",
    created_at: createdAt,
    status: isDone ? status : "in_progress",
    model: ask.model,
    output,
    error: null,
    incomplete_details: isDone && answer.truncated ? { reason: "max_output_tokens" } : null,
    instructions: ask.instructions || null,
    metadata: {},
    parallel_tool_calls: true,
    temperature: null,
    top_p: null,
    tool_choice:
      ask.toolChoice.mode === "tool"
        ? { type: "function", name: ask.toolChoice.name }
        : ask.toolChoice.mode === "any"
          ? "required"
          : ask.toolChoice.mode,
    tools: ask.tools.map((tool) => ({
      type: "function",
      name: tool.name,
      description: tool.description,
      parameters: tool.schema,
      strict: false,
    })),
    usage: isDone
      ? {
          input_tokens: usage.input,
          input_tokens_details: { cached_tokens: usage.cacheRead, cache_write_tokens: usage.cacheWrite },
          output_tokens: usage.output,
          output_tokens_details: { reasoning_tokens: usage.reasoning },
          total_tokens: usage.input + usage.output,
        }
      : null,
  };
}

function frames(reply: Reply): string[] {
  let sequence = 0;
  const event = (type: string, rest: object) => frame(type, { type, sequence_number: sequence++, ...rest });
  const output = items(reply);
  const open = [
    event("response.created", { response: response(reply, [], false) }),
    event("response.in_progress", { response: response(reply, [], false) }),
  ];
  const middle = output.flatMap((item, at) => itemFrames(item, at, event));
  const last = reply.answer.truncated ? "response.incomplete" : "response.completed";
  return [...open, ...middle, event(last, { response: response(reply, output) })];
}

function itemFrames(item: JsonObject, at: number, event: (type: string, rest: object) => string): string[] {
  const place = { item_id: item.id, output_index: at };
  const added = (value: object) => event("response.output_item.added", { output_index: at, item: value });
  const done = () => event("response.output_item.done", { output_index: at, item });
  if (item.type === "function_call") {
    const args = String(item.arguments);
    const head = added({ ...item, arguments: "", status: "in_progress" });
    const parts = piecesOfText(args, 24).map((delta) =>
      event("response.function_call_arguments.delta", { ...place, delta }),
    );
    return [
      head,
      ...parts,
      event("response.function_call_arguments.done", { ...place, name: item.name, arguments: args }),
      done(),
    ];
  }
  if (item.type === "reasoning") {
    const summary = item.summary as { type: string; text: string }[];
    const [part] = summary;
    const spot = { ...place, summary_index: 0 };
    const head = [
      added({ ...item, summary: [] }),
      event("response.reasoning_summary_part.added", { ...spot, part: { type: "summary_text", text: "" } }),
    ];
    const texts = piecesOfText(part?.text ?? "").map((delta) =>
      event("response.reasoning_summary_text.delta", { ...spot, delta }),
    );
    const tail = [
      event("response.reasoning_summary_text.done", { ...spot, text: part?.text }),
      event("response.reasoning_summary_part.done", { ...spot, part }),
    ];
    return [...head, ...texts, ...tail, done()];
  }
  const [part] = item.content as { text: string }[];
  const spot = { ...place, content_index: 0 };
  const head = [
    added({ ...item, status: "in_progress", content: [] }),
    event("response.content_part.added", { ...spot, part: { ...part, text: "" } }),
  ];
  const texts = piecesOfText(part?.text ?? "").map((delta) =>
    event("response.output_text.delta", { ...spot, delta, logprobs: [] }),
  );
  return [
    ...head,
    ...texts,
    event("response.output_text.done", { ...spot, text: part?.text, logprobs: [] }),
    event("response.content_part.done", { ...spot, part }),
    done(),
  ];
}
