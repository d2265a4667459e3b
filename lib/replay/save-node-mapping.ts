import type { NodeMappingView, PutNodeMappingRequest } from "#/lib/contract/mapping.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { deleteNodeMapping } from "./delete-node-mapping.ts";
import { getNodeMappings } from "./get-node-mappings.ts";
import { putNodeMapping } from "./put-node-mapping.ts";

/**
 * Saves a mapping so that it is the one in force for the actor: a private one of theirs would win over the shared one
 * that they just saved, so sharing takes its place. Throws as `putNodeMapping` does.
 */
export async function saveNodeMapping(ctx: Ctx, request: PutNodeMappingRequest): Promise<NodeMappingView> {
  const saved = await putNodeMapping(ctx, request);
  if (request.visibility === "private") return saved;
  const pair = { workflow: request.workflow, from: request.from, to: request.to };
  const own = (await getNodeMappings(ctx, pair)).find(({ visibility }) => visibility === "private");
  if (own) await deleteNodeMapping(ctx, own.id);
  return saved;
}
