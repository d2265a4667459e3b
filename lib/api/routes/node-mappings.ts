import { z } from "zod";
import { NodeMappingView, PutNodeMappingRequest } from "#/lib/contract/mapping.ts";
import { pageOf } from "#/lib/contract/page.ts";
import { declare } from "../endpoint.ts";
import { ById } from "./path-params.ts";

const tag = "Node mappings";

export const getNodeMappingsEndpoint = declare({
  method: "GET",
  path: "/node-mappings",
  id: "getNodeMappings",
  tag,
  summary: "The saved mappings of a version pair that the caller may use: the own private one, and the shared one",
  action: "mapping:read",
  query: z.object({
    workflow: z.string().min(1).max(64),
    from: z.coerce.number().int().positive(),
    to: z.coerce.number().int().positive(),
  }),
  responses: { 200: pageOf(NodeMappingView) },
  errors: ["not_found"],
});

export const putNodeMappingEndpoint = declare({
  method: "PUT",
  path: "/node-mappings",
  id: "putNodeMapping",
  tag,
  summary: "Save the mapping of a version pair; replaces the one of the same visibility",
  action: "mapping:write",
  body: PutNodeMappingRequest,
  duplicateKeys: "mapping_invalid",
  responses: { 200: NodeMappingView },
  errors: ["not_found", "mapping_invalid"],
});

export const deleteNodeMappingEndpoint = declare({
  method: "DELETE",
  path: "/node-mappings/{id}",
  id: "deleteNodeMapping",
  tag,
  summary: "Delete a saved mapping",
  action: "mapping:write",
  params: ById,
  responses: { 204: null },
  errors: ["not_found"],
});
