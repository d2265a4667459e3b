import { ok } from "#/lib/api/answer.ts";
import { resource, route } from "#/lib/api/route.ts";
import { cancelRunEndpoint } from "#/lib/api/routes/runs.ts";
import { cancelRun } from "#/lib/runs/cancel-run.ts";

const cancel = route(cancelRunEndpoint)(async ({ ctx, params }) => ok(await cancelRun(ctx, params.id)));

export const { GET, POST, PUT, PATCH, DELETE } = resource(cancel);
