import { created, ok } from "#/lib/api/answer.ts";
import { pageOfWhole } from "#/lib/api/pagination.ts";
import { resource, route } from "#/lib/api/route.ts";
import { createWorkflowEndpoint, listWorkflowsEndpoint } from "#/lib/api/routes/workflows.ts";
import { createWorkflow } from "#/lib/workflows/push-version.ts";
import { listWorkflows } from "#/lib/workflows/list-workflows.ts";

const list = route(listWorkflowsEndpoint)(async ({ ctx, query }) => {
  const of = { list: "workflows", filter: {} };
  return ok(pageOfWhole(ctx, of, await listWorkflows(ctx), (workflow) => workflow.slug, query));
});

const create = route(createWorkflowEndpoint)(async ({ ctx, body }) => {
  const workflow = await createWorkflow(ctx, { ...body, definition: { json: body.definition } });
  return created(workflow, `/api/v1/workflows/${workflow.slug}`);
});

export const { GET, POST, PUT, PATCH, DELETE } = resource(list, create);
