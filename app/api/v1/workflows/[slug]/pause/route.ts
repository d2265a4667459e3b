import { ok } from "#/lib/api/answer.ts";
import { resource, route } from "#/lib/api/route.ts";
import { pauseWorkflowEndpoint } from "#/lib/api/routes/workflows.ts";
import { pauseWorkflow } from "#/lib/workflows/pause-workflow.ts";

const pause = route(pauseWorkflowEndpoint)(async ({ ctx, params, body }) =>
  ok(await pauseWorkflow(ctx, params.slug, body.reason)),
);

export const { GET, POST, PUT, PATCH, DELETE } = resource(pause);
