import { z } from "zod";
import { ModelView, UpdateModelRequest } from "#/lib/contract/model.ts";
import { PageQuery, pageOf } from "#/lib/contract/page.ts";
import { declare } from "../endpoint.ts";

export const listModelsEndpoint = declare({
  method: "GET",
  path: "/models",
  id: "listModels",
  tag: "Models",
  summary: "List the catalogue, each model with whether it is allowed and why not",
  action: "model:read",
  query: PageQuery,
  responses: { 200: pageOf(ModelView) },
});

export const updateModelEndpoint = declare({
  method: "PATCH",
  path: "/models/{ref}",
  id: "updateModel",
  tag: "Models",
  summary: "Retire a model, or bring it back",
  action: "model:write",
  params: z.object({ ref: z.string().min(1).max(300) }),
  body: UpdateModelRequest,
  responses: { 200: ModelView },
  errors: ["not_found"],
});
