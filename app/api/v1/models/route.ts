import { ok } from "#/lib/api/answer.ts";
import { pageOfWhole } from "#/lib/api/pagination.ts";
import { resource, route } from "#/lib/api/route.ts";
import { listModelsEndpoint } from "#/lib/api/routes/models.ts";
import { listModels } from "#/lib/models/list-models.ts";

const list = route(listModelsEndpoint)(async ({ ctx, query }) => {
  const of = { list: "models", filter: {} };
  return ok(pageOfWhole(ctx, of, await listModels(ctx), (model) => model.ref, query));
});

export const { GET, POST, PUT, PATCH, DELETE } = resource(list);
