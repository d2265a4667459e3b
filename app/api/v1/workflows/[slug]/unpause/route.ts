import { ok } from "#/lib/api/answer.ts";
import { resource, route } from "#/lib/api/route.ts";
import { unpauseWorkflowEndpoint } from "#/lib/api/routes/workflows.ts";
import { unpauseWorkflow } from "#/lib/workflows/pause-workflow.ts";

const unpause = route(unpauseWorkflowEndpoint)(async ({ ctx, params, body }) =>
  ok(await unpauseWorkflow(ctx, params.slug, body.reason)),
);

export const { GET, POST, PUT, PATCH, DELETE } = resource(unpause);
