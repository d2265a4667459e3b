import { z } from "zod";
import { NodeMappingView, PutNodeMappingRequest } from "#/lib/contract/mapping.ts";
import { pageOf } from "#/lib/contract/page.ts";
import { deleteNodeMapping } from "#/lib/replay/delete-node-mapping.ts";
import { getNodeMappings } from "#/lib/replay/get-node-mappings.ts";
import { putNodeMapping } from "#/lib/replay/put-node-mapping.ts";
import { noContent, ok } from "../answer.ts";
import { operation } from "../operation.ts";
import { ById } from "./path-params.ts";

const tag = "Node mappings";

export const nodeMappingOperations = [
  operation({
    method: "GET",
    path: "/node-mappings",
    id: "getNodeMappings",
    tag,
    summary:
      "List the saved mappings of a version pair that the caller can use: their own private one and the shared one",
    action: "mapping:read",
    query: z.object({
      workflow: z.string().min(1).max(64),
      from: z.coerce.number().int().positive(),
      to: z.coerce.number().int().positive(),
    }),
    answers: { 200: pageOf(NodeMappingView) },
    errors: ["not_found"],
    handle: async ({ ctx, query }) => ok({ data: await getNodeMappings(ctx, query), hasMore: false, nextCursor: null }),
  }),
  operation({
    method: "PUT",
    path: "/node-mappings",
    id: "putNodeMapping",
    tag,
    summary:
      "Save the mapping of a version pair and put it into effect for the caller: it replaces the mapping of the same visibility, and a shared mapping also replaces the caller's private one",
    action: "mapping:write",
    body: PutNodeMappingRequest,
    duplicateKeys: "mapping_invalid",
    answers: { 200: NodeMappingView },
    errors: ["not_found", "mapping_invalid"],
    handle: async ({ ctx, body }) => ok(await putNodeMapping(ctx, body)),
  }),
  operation({
    method: "DELETE",
    path: "/node-mappings/{id}",
    id: "deleteNodeMapping",
    tag,
    summary: "Delete a saved mapping",
    action: "mapping:write",
    params: ById,
    answers: { 204: null },
    errors: ["not_found"],
    handle: async ({ ctx, params }) => {
      await deleteNodeMapping(ctx, params.id);
      return noContent;
    },
  }),
];
