import { transformJSONSchema } from "@anthropic-ai/sdk/lib/transform-json-schema";
import type {
  ContentBlockParam,
  MessageCreateParamsBase,
  MessageParam,
  OutputConfig,
  Tool,
  ToolChoice,
} from "@anthropic-ai/sdk/resources/messages";
import type { JsonObject } from "#/lib/contract/json.ts";
import { builtInCatalogue, findModel } from "./catalogue.ts";
import type { ChatMessage, ChatPart, ModelRequest } from "./chat.ts";
import { canBeClosed, schemaInstruction } from "./structured-output.ts";
import { toolOutputText } from "./tool-arguments.ts";

/** Anthropic requires a limit on every call: room for an answer and its thinking, within what the model can do. */
const defaultMaxTokens = 16_384;

/** A request in the form of Anthropic Messages. */
export function anthropicBody(request: ModelRequest): MessageCreateParamsBase {
  const format = outputFormat(request.outputSchema);
  const instruction = request.outputSchema !== null && format === null ? schemaInstruction(request.outputSchema) : null;
  const system = [request.system, instruction].filter(Boolean).join("\n\n");
  const hasTools = request.tools.length > 0;
  const userId = request.metadata?.userId;
  return {
    model: request.modelId,
    max_tokens: request.maxOutputTokens ?? defaultLimit(request.ref),
    messages: messages(request.messages),
    ...(system !== "" && { system }),
    ...(hasTools && { tools: request.tools.map(toolOf), tool_choice: toolChoices[request.toolChoice] }),
    // A tool loop resends the same beginning each turn; reading it from the cache costs a tenth.
    ...(hasTools && { cache_control: { type: "ephemeral" as const } }),
    ...((format || request.effort) && { output_config: outputConfig(format, request.effort ?? null) }),
    ...(userId !== undefined && { metadata: { user_id: userId } }),
  };
}

const toolChoices: Record<ModelRequest["toolChoice"], ToolChoice> = {
  auto: { type: "auto" },
  required: { type: "any" },
  none: { type: "none" },
};

function defaultLimit(ref: string): number {
  return Math.min(defaultMaxTokens, findModel(builtInCatalogue(new Date()), ref)?.maxOutputTokens ?? defaultMaxTokens);
}

function toolOf(tool: ModelRequest["tools"][number]): Tool {
  const { name, description, inputSchema } = tool;
  return { name, description, input_schema: { ...inputSchema, type: "object" } };
}

/** null = this schema cannot be enforced. The SDK moves keywords that the API refuses into descriptions. */
function outputFormat(schema: JsonObject | null): OutputConfig["format"] | null {
  if (schema === null || !canBeClosed(schema)) return null;
  try {
    return { type: "json_schema", schema: transformJSONSchema(schema as never) as Record<string, unknown> };
  } catch {
    return null;
  }
}

function outputConfig(format: OutputConfig["format"] | null, effort: string | null): OutputConfig {
  return { ...(format && { format }), ...(effort !== null && { effort: effort as OutputConfig["effort"] }) };
}

/** Merges neighbouring messages of one role: the results of parallel tool calls must be in one message. */
function messages(conversation: ChatMessage[]): MessageParam[] {
  const merged: { role: "user" | "assistant"; content: ContentBlockParam[] }[] = [];
  for (const message of conversation) {
    const role = message.role === "assistant" ? "assistant" : "user";
    const content = message.parts.flatMap((part) => blockOf(part) ?? []);
    if (content.length === 0) continue;
    const last = merged.at(-1);
    if (last?.role === role) last.content.push(...content);
    else merged.push({ role, content });
  }
  return merged;
}

function blockOf(part: ChatPart): ContentBlockParam | null {
  if (part.type === "text") return part.text === "" ? null : { type: "text", text: part.text };
  if (part.type === "tool_call")
    return { type: "tool_use", id: part.id, name: part.name, input: part.arguments as Record<string, unknown> };
  if (part.type === "tool_result")
    return {
      type: "tool_result",
      tool_use_id: part.callId,
      content: toolOutputText(part.output),
      ...(part.isError && { is_error: true }),
    };
  const item = part.signature?.wire === "anthropic" ? part.signature.item : null;
  if (typeof item?.data === "string") return { type: "redacted_thinking", data: item.data };
  if (typeof item?.signature !== "string") return null;
  return { type: "thinking", thinking: part.text, signature: item.signature };
}
