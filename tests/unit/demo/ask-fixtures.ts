import type { JsonObject } from "#/lib/contract/json.ts";
import type { Ask } from "#/lib/demo/provider/ask.ts";

/** An ask with one user message; everything else as given. */
export function askOf(user: string, more: Partial<Ask> = {}): Ask {
  return {
    model: "claude-opus-4-7",
    instructions: "",
    turns: [{ role: "user", text: user, toolCalls: [], toolResults: [] }],
    tools: [],
    toolChoice: { mode: "auto" },
    schema: null,
    maxTokens: null,
    thinking: false,
    ...more,
  };
}

export const lookupSchema: JsonObject = {
  type: "object",
  required: ["city"],
  properties: { city: { type: "string" }, days: { type: "integer", minimum: 1, maximum: 7 } },
};
