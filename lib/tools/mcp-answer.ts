import type { CallToolResult } from "@modelcontextprotocol/client";
import type { Json } from "#/lib/contract/json.ts";
import { assertStorable, parseIfJson } from "#/lib/core/parse-json.ts";
import { faultText } from "./http-answer.ts";
import { ToolCallError } from "./tool-call-error.ts";

/**
 * A tool result as data: its structured content; else its text, parsed when it is a JSON object or list; else the content
 * blocks as they are. Throws ToolCallError `tool_failed` when the tool says that it failed.
 */
export function mcpOutput(label: string, result: CallToolResult, redact: (text: string) => string): Json {
  const text = textOf(result);
  if (result.isError === true) {
    const says = faultText(text ?? "", redact);
    throw new ToolCallError(redact(`${label} failed${says ? `: ${says}` : ""}`), {
      code: "tool_failed",
      status: null,
      retryable: false,
      retryAfterMs: null,
      body: text === null ? null : redact(text).slice(0, 2048),
      outcomeUnknown: false,
    });
  }
  const output =
    result.structuredContent === undefined ? plainOutput(result, text) : (result.structuredContent as Json);
  assertStorable(output, "output");
  return output;
}

/** The text blocks joined; null when there is any other block, or none. */
function textOf(result: CallToolResult): string | null {
  const blocks = result.content ?? [];
  const texts = blocks.flatMap((block) => (block.type === "text" ? [block.text] : []));
  return texts.length > 0 && texts.length === blocks.length ? texts.join("\n") : null;
}

function plainOutput(result: CallToolResult, text: string | null): Json {
  if (text === null) return { content: JSON.parse(JSON.stringify(result.content ?? [])) as Json };
  // A long text of another kind may begin like JSON; it is not refused for what it would be as JSON.
  if (!/^\s*[[{]/.test(text) || !/[\]}]$/.test(text.trimEnd())) return text;
  const parsed = parseIfJson(text, "output");
  return parsed ? parsed.value : text;
}
