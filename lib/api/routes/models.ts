import { z } from "zod";
import { CreateModelRequest, ModelView, UpdateModelRequest } from "#/lib/contract/model.ts";
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

export const createModelEndpoint = declare({
  method: "POST",
  path: "/models",
  id: "createModel",
  tag: "Models",
  summary: "Add a model to the workspace's catalogue, for a compatible server or one that is newer than the catalogue",
  action: "model:write",
  body: CreateModelRequest,
  responses: { 201: ModelView },
  errors: ["conflict"],
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
