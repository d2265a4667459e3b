import { resource, route } from "#/lib/api/route.ts";
import { triggerRunEndpoint } from "#/lib/api/routes/runs.ts";
import { viaOf } from "#/lib/api/via.ts";
import { triggerRun } from "#/lib/runs/trigger-run.ts";

const trigger = route(triggerRunEndpoint)(async ({ ctx, params, body, request }) => {
  const run = await triggerRun(ctx, params.slug, body, viaOf(ctx, request));
  return { status: 202, body: run, headers: { location: `/api/v1/runs/${run.id}` } };
});

export const { GET, POST, PUT, PATCH, DELETE } = resource(trigger);
