import { resource, route } from "#/lib/api/route.ts";
import { submitReplayEndpoint } from "#/lib/api/routes/runs.ts";
import { viaOf } from "#/lib/api/via.ts";
import { submitReplay } from "#/lib/replay/submit-replay.ts";

const submit = route(submitReplayEndpoint)(async ({ ctx, params, body, request }) => {
  const run = await submitReplay(ctx, params.id, body, { via: viaOf(ctx, request) });
  return { status: 202, body: run, headers: { location: `/api/v1/runs/${run.id}` } };
});

export const { GET, POST, PUT, PATCH, DELETE } = resource(submit);
