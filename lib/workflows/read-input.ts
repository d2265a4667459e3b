import type { Json } from "#/lib/contract/json.ts";
import type { FieldError } from "#/lib/contract/problem.ts";
import type { WorkflowDefinition } from "./definition.ts";
import { completeJson } from "./bounded-schema.ts";

/**
 * What `trigger` is in a run of this version: the payload as it is stored (as sent), with the defaults of the input
 * schema where it leaves something out; and what is wrong with it, with paths like `payload.items[0].id`. The same
 * version and payload give the same result, so none of it is stored, and a replay on another version gets that
 * version's defaults.
 */
export async function readInput(
  { workspaceId, definition }: { workspaceId: string; definition: WorkflowDefinition },
  payload: Json,
): Promise<{ trigger: Json; faults: FieldError[] }> {
  if (definition.input === undefined) return { trigger: payload, faults: [] };
  const { value, faults } = await completeJson(workspaceId, definition.input, payload, "payload");
  return { trigger: faults.length === 0 ? value : payload, faults };
}
