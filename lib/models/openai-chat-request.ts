import type {
  ChatCompletionAssistantMessageParam,
  ChatCompletionCreateParamsBase,
  ChatCompletionMessageParam,
} from "openai/resources/chat/completions/completions";
import type { ChatMessage, ModelRequest, TextPart, ThinkingPart, ToolCallPart, ToolResultPart } from "./chat.ts";
import { isStrict } from "./structured-output.ts";
import { toolOutputText } from "./tool-arguments.ts";

/** A request in the form of Chat Completions, limited to the fields that compatible servers know. */
export function chatBody(request: ModelRequest): ChatCompletionCreateParamsBase {
  const { outputSchema, tools } = request;
  return {
    model: request.modelId,
    messages: [
      ...(request.system ? [{ role: "system" as const, content: request.system }] : []),
      ...request.messages.flatMap(messagesOf),
    ],
    stream_options: { include_usage: true },
    ...(request.maxOutputTokens !== null && { max_tokens: request.maxOutputTokens }),
    ...(request.effort && { reasoning_effort: request.effort as never }),
    ...(tools.length > 0 && { tools: tools.map(toolOf), tool_choice: request.toolChoice }),
    ...(outputSchema && {
      response_format: {
        type: "json_schema" as const,
        json_schema: { name: "output", schema: outputSchema, strict: isStrict(outputSchema) },
      },
    }),
  };
}

function toolOf({ name, description, inputSchema }: ModelRequest["tools"][number]) {
  return { type: "function" as const, function: { name, description, parameters: inputSchema } };
}

function messagesOf(message: ChatMessage): ChatCompletionMessageParam[] {
  const results = message.parts.filter((part): part is ToolResultPart => part.type === "tool_result");
  const text = message.parts
    .filter((part): part is TextPart => part.type === "text")
    .map((part) => part.text)
    .join("");
  const answers = results.map((part) => ({
    role: "tool" as const,
    tool_call_id: part.callId,
    content: part.isError ? `Error: ${toolOutputText(part.output)}` : toolOutputText(part.output),
  }));
  if (message.role === "assistant") return assistantMessage(message, text);
  return text === "" ? answers : [...answers, { role: "user", content: text }];
}

function assistantMessage(message: ChatMessage, text: string): ChatCompletionAssistantMessageParam[] {
  const calls = message.parts.filter((part): part is ToolCallPart => part.type === "tool_call");
  const thinking = message.parts.filter((part): part is ThinkingPart => part.type === "thinking");
  if (text === "" && calls.length === 0) return [];
  return [
    {
      role: "assistant",
      content: text === "" ? null : text,
      ...thinkingFields(thinking),
      ...(calls.length > 0 && {
        tool_calls: calls.map((part) => ({
          id: part.id,
          type: "function" as const,
          function: { name: part.name, arguments: JSON.stringify(part.arguments) },
        })),
      }),
    },
  ];
}

/** Servers that think between tool calls want their thinking back in the field in which they sent it. */
function thinkingFields(parts: ThinkingPart[]): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const { text, signature } of parts) {
    const field = signature?.wire === "openai-chat" ? signature.item.field : null;
    if (field === "reasoning_content" || field === "reasoning") fields[field] = (fields[field] ?? "") + text;
  }
  return fields;
}
