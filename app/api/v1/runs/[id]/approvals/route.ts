import { ok } from "#/lib/api/answer.ts";
import { resource, route } from "#/lib/api/route.ts";
import { listApprovalsEndpoint } from "#/lib/api/routes/runs.ts";
import { listApprovals } from "#/lib/runs/list-approvals.ts";

const list = route(listApprovalsEndpoint)(async ({ ctx, params }) => ok(await listApprovals(ctx, params.id)));

export const { GET, POST, PUT, PATCH, DELETE } = resource(list);
