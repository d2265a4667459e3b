import { z } from "zod";
import { CreateModelRequest, ModelView, UpdateModelRequest } from "#/lib/contract/model.ts";
import { pageOf, PageQuery } from "#/lib/contract/page.ts";
import { createModel } from "#/lib/models/create-model.ts";
import { listModels } from "#/lib/models/list-models.ts";
import { setModelRetired } from "#/lib/models/retire-model.ts";
import { created, ok } from "../answer.ts";
import { operation } from "../operation.ts";
import { pageOfWhole } from "../pagination.ts";

const tag = "Models";

export const modelOperations = [
  operation({
    method: "GET",
    path: "/models",
    id: "listModels",
    tag,
    summary: "List the catalogue, with whether each model is allowed and why not",
    action: "model:read",
    query: PageQuery,
    answers: { 200: pageOf(ModelView) },
    handle: async ({ ctx, query }) => {
      const of = { list: "models", filter: {} };
      return ok(pageOfWhole(ctx, of, await listModels(ctx), (model) => model.ref, query));
    },
  }),
  operation({
    method: "POST",
    path: "/models",
    id: "createModel",
    tag,
    summary:
      "Add a model to the workspace's catalogue, for an OpenAI-compatible server or a model newer than the catalogue",
    action: "model:write",
    body: CreateModelRequest,
    answers: { 201: ModelView },
    errors: ["conflict"],
    handle: async ({ ctx, body }) => created(await createModel(ctx, body)),
  }),
  operation({
    method: "PATCH",
    path: "/models/{ref}",
    id: "updateModel",
    tag,
    summary: "Retire or restore a model",
    action: "model:write",
    params: z.object({ ref: z.string().min(1).max(300) }),
    body: UpdateModelRequest,
    answers: { 200: ModelView },
    errors: ["not_found"],
    handle: async ({ ctx, params, body }) => ok(await setModelRetired(ctx, params.ref, body.retired)),
  }),
];
