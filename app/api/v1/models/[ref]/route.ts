import { ok } from "#/lib/api/answer.ts";
import { resource, route } from "#/lib/api/route.ts";
import { updateModelEndpoint } from "#/lib/api/routes/models.ts";
import { setModelRetired } from "#/lib/models/retire-model.ts";

const update = route(updateModelEndpoint)(async ({ ctx, params, body }) =>
  ok(await setModelRetired(ctx, params.ref, body.retired)),
);

export const { GET, POST, PUT, PATCH, DELETE } = resource(update);
