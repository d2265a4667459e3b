import { ok } from "#/lib/api/answer.ts";
import { resource, route } from "#/lib/api/route.ts";
import { getWorkflowEndpoint } from "#/lib/api/routes/workflows.ts";
import { getWorkflow } from "#/lib/workflows/list-workflows.ts";

const get = route(getWorkflowEndpoint)(async ({ ctx, params }) => ok(await getWorkflow(ctx, params.slug)));

export const { GET, POST, PUT, PATCH, DELETE } = resource(get);
