import type {
  ResponseCreateParamsBase,
  ResponseInputItem,
  ResponseReasoningItem,
} from "openai/resources/responses/responses";
import type { ChatMessage, ChatPart, ModelRequest } from "./chat.ts";
import { isStrict } from "./structured-output.ts";
import { toolOutputText } from "./tool-arguments.ts";

/**
 * A request in the form of OpenAI Responses. OpenAI stores nothing: we hold the history, and ask for reasoning in its
 * encrypted form so that a tool loop can hand it back.
 */
export function responsesBody(request: ModelRequest): ResponseCreateParamsBase {
  return {
    model: request.modelId,
    input: request.messages.flatMap(inputItems),
    store: false,
    ...(request.system && { instructions: request.system }),
    ...(reasons(request.modelId) && { include: ["reasoning.encrypted_content" as const] }),
    ...(request.maxOutputTokens !== null && { max_output_tokens: request.maxOutputTokens }),
    ...(request.effort && { reasoning: { effort: request.effort as never } }),
    ...(request.metadata && { metadata: request.metadata }),
    ...(request.tools.length > 0 && { tools: request.tools.map(toolOf), tool_choice: request.toolChoice }),
    ...(request.outputSchema && {
      text: {
        format: {
          type: "json_schema" as const,
          name: "output",
          schema: request.outputSchema,
          strict: isStrict(request.outputSchema),
        },
      },
    }),
  };
}

/** Models before GPT-5 and the chat variants do not reason, and refuse requests for reasoning. */
function reasons(modelId: string): boolean {
  return !/^gpt-[34]|^chatgpt-|-chat(-|$)/.test(modelId);
}

/** `strict` is on by default in this API, and would refuse schemas with optional properties. */
function toolOf(tool: ModelRequest["tools"][number]) {
  const { name, description, inputSchema } = tool;
  return { type: "function" as const, name, description, parameters: inputSchema, strict: false };
}

function inputItems(message: ChatMessage): ResponseInputItem[] {
  return message.parts.flatMap((part) => itemOf(part, message.role === "assistant" ? "assistant" : "user") ?? []);
}

function itemOf(part: ChatPart, role: "user" | "assistant"): ResponseInputItem | null {
  const own = "signature" in part && part.signature?.wire === "openai-responses" ? part.signature.item : null;
  if (part.type === "text") {
    if (part.text === "") return null;
    const phase = own?.phase === "commentary" || own?.phase === "final_answer" ? own.phase : null;
    return { role, content: part.text, ...(phase && { phase }) };
  }
  if (part.type === "tool_call")
    return { type: "function_call", call_id: part.id, name: part.name, arguments: JSON.stringify(part.arguments) };
  if (part.type === "tool_result")
    return { type: "function_call_output", call_id: part.callId, output: resultText(part) };
  if (!own || typeof own.encrypted_content !== "string") return null;
  return { type: "reasoning", ...own } as unknown as ResponseReasoningItem;
}

/** This wire format has no error flag for tool results. */
function resultText(part: Extract<ChatPart, { type: "tool_result" }>): string {
  return part.isError ? `Error: ${toolOutputText(part.output)}` : toolOutputText(part.output);
}
