import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { instanceOf } from "./schema-instance.ts";

/**
 * What a dry run answers when there is no recorded answer: an instance of the tool's output schema, or a plain marker
 * object when there is no schema or its instance would cost too much. Deterministic: the same call gets the same
 * answer.
 */
export function simulateAnswer(outputSchema: Json | null, call: { tool: string; signature: string }): Json {
  const isSchema = typeof outputSchema === "object" && outputSchema !== null && !Array.isArray(outputSchema);
  const instance = isSchema ? instanceOf(outputSchema, call.signature) : null;
  return instance ? instance.value : marker(call.tool);
}

function marker(tool: string): JsonObject {
  return { dryRun: true, simulated: true, tool, message: `Dry run: ${tool} was not called; this answer is simulated.` };
}
