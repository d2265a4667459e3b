import { ok } from "#/lib/api/answer.ts";
import { resource, route } from "#/lib/api/route.ts";
import { preflightReplayEndpoint } from "#/lib/api/routes/runs.ts";
import { preflightReplay } from "#/lib/replay/preflight-replay.ts";

const preflight = route(preflightReplayEndpoint)(async ({ ctx, params, body }) =>
  ok(await preflightReplay(ctx, params.id, body)),
);

export const { GET, POST, PUT, PATCH, DELETE } = resource(preflight);
