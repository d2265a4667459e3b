import { noContent, ok } from "#/lib/api/answer.ts";
import { resource, route } from "#/lib/api/route.ts";
import { deleteRunEndpoint, getRunEndpoint } from "#/lib/api/routes/runs.ts";
import { deleteRun } from "#/lib/runs/delete-run.ts";
import { getRun } from "#/lib/runs/get-run.ts";

const get = route(getRunEndpoint)(async ({ ctx, params }) => ok(await getRun(ctx, params.id)));
const remove = route(deleteRunEndpoint)(async ({ ctx, params }) => {
  await deleteRun(ctx, params.id);
  return noContent;
});

export const { GET, POST, PUT, PATCH, DELETE } = resource(get, remove);
