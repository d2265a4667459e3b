import { ok } from "#/lib/api/answer.ts";
import { resource, route } from "#/lib/api/route.ts";
import { listStepsEndpoint } from "#/lib/api/routes/runs.ts";
import { listSteps } from "#/lib/runs/list-steps.ts";

const list = route(listStepsEndpoint)(async ({ ctx, params }) => ok(await listSteps(ctx, params.id)));

export const { GET, POST, PUT, PATCH, DELETE } = resource(list);
