import { created, ok } from "#/lib/api/answer.ts";
import { pageOfWhole } from "#/lib/api/pagination.ts";
import { resource, route } from "#/lib/api/route.ts";
import { createModelEndpoint, listModelsEndpoint } from "#/lib/api/routes/models.ts";
import { createModel } from "#/lib/models/create-model.ts";
import { listModels } from "#/lib/models/list-models.ts";

const list = route(listModelsEndpoint)(async ({ ctx, query }) => {
  const of = { list: "models", filter: {} };
  return ok(pageOfWhole(ctx, of, await listModels(ctx), (model) => model.ref, query));
});

const create = route(createModelEndpoint)(async ({ ctx, body }) => created(await createModel(ctx, body)));

export const { GET, POST, PUT, PATCH, DELETE } = resource(list, create);
