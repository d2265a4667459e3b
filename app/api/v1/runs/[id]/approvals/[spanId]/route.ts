import { ok } from "#/lib/api/answer.ts";
import { resource, route } from "#/lib/api/route.ts";
import { decideApprovalEndpoint } from "#/lib/api/routes/runs.ts";
import { decideApproval } from "#/lib/runs/decide-approval.ts";

const decide = route(decideApprovalEndpoint)(async ({ ctx, params, body }) =>
  ok(await decideApproval(ctx, params.id, params.spanId, body)),
);

export const { GET, POST, PUT, PATCH, DELETE } = resource(decide);
