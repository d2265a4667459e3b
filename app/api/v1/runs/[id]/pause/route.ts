import { ok } from "#/lib/api/answer.ts";
import { resource, route } from "#/lib/api/route.ts";
import { pauseRunEndpoint } from "#/lib/api/routes/runs.ts";
import { pauseRun } from "#/lib/runs/pause-run.ts";

const pause = route(pauseRunEndpoint)(async ({ ctx, params }) => ok(await pauseRun(ctx, params.id)));

export const { GET, POST, PUT, PATCH, DELETE } = resource(pause);
