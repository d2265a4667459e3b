import { ok } from "#/lib/api/answer.ts";
import { resource, route } from "#/lib/api/route.ts";
import { rescheduleRunEndpoint } from "#/lib/api/routes/runs.ts";
import { rescheduleRun } from "#/lib/runs/reschedule-run.ts";

const reschedule = route(rescheduleRunEndpoint)(async ({ ctx, params, body }) =>
  ok(await rescheduleRun(ctx, params.id, body)),
);

export const { GET, POST, PUT, PATCH, DELETE } = resource(reschedule);
