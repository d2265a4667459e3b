import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { type Ask, BadAsk, isObject, parsedOrText, type Turn } from "./ask.ts";
import { saysError } from "./openai-problem.ts";
import { type Parsed, textOf } from "./wire.ts";

/** Reads the body of an OpenAI Responses request. Throws BadAsk for what the real service refuses. */
export function parseResponsesRequest(body: unknown): Parsed {
  if (!isObject(body)) throw new BadAsk("the body must be a JSON object");
  if (typeof body.model !== "string" || body.model === "") throw new BadAsk("you must provide a model parameter");
  const input: Json[] =
    typeof body.input === "string"
      ? [{ role: "user", content: body.input }]
      : Array.isArray(body.input)
        ? body.input
        : [];
  if (input.length === 0) throw new BadAsk("Missing required parameter: 'input'.");
  const entries = input.filter(isObject);
  const told = entries
    .filter((entry) => entry.role === "system" || entry.role === "developer")
    .map((entry) => textOf(entry.content));
  const text = isObject(body.text) ? body.text : {};
  const format = isObject(text.format) ? text.format : {};
  const reasoning = isObject(body.reasoning) ? body.reasoning : {};
  const ask: Ask = {
    model: body.model,
    instructions: [typeof body.instructions === "string" ? body.instructions : "", ...told].filter(Boolean).join("\n"),
    turns: turnsOf(entries),
    tools: Array.isArray(body.tools)
      ? body.tools
          .filter(isObject)
          .filter((tool) => tool.type === "function")
          .map((tool) => ({
            name: String(tool.name),
            description: String(tool.description ?? ""),
            schema: isObject(tool.parameters) ? tool.parameters : { type: "object" },
          }))
      : [],
    toolChoice: toolChoice(body.tool_choice),
    schema: format.type === "json_schema" && isObject(format.schema) ? format.schema : null,
    maxTokens: typeof body.max_output_tokens === "number" ? body.max_output_tokens : null,
    thinking: reasoning.summary !== undefined && reasoning.summary !== null,
  };
  return { ask, isStream: body.stream === true, reportsUsage: true };
}

function toolChoice(choice: Json | undefined): Ask["toolChoice"] {
  if (isObject(choice) && choice.type === "function") return { mode: "tool", name: String(choice.name) };
  return { mode: choice === "required" ? "any" : choice === "none" ? "none" : "auto" };
}

function turnsOf(entries: JsonObject[]): Turn[] {
  return entries.flatMap((entry): Turn[] => {
    const turn = (part: Partial<Turn> & Pick<Turn, "role">): Turn[] => [
      { text: "", toolCalls: [], toolResults: [], ...part },
    ];
    if (entry.type === "function_call")
      return turn({
        role: "assistant",
        toolCalls: [
          { id: String(entry.call_id), name: String(entry.name), args: parsedOrText(String(entry.arguments ?? "{}")) },
        ],
      });
    if (entry.type === "function_call_output")
      return turn({
        role: "user",
        toolResults: [
          { callId: String(entry.call_id), text: textOf(entry.output), isError: saysError(textOf(entry.output)) },
        ],
      });
    if (entry.role === "user" || entry.role === "assistant")
      return turn({ role: entry.role, text: textOf(entry.content) });
    return [];
  });
}
