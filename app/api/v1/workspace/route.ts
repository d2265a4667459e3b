import { ok } from "#/lib/api/answer.ts";
import { resource, route } from "#/lib/api/route.ts";
import { getWorkspaceEndpoint, putWorkspaceEndpoint } from "#/lib/api/routes/administration.ts";
import { getWorkspaceSettings, putWorkspaceSettings } from "#/lib/tenancy/workspace-settings.ts";

const get = route(getWorkspaceEndpoint)(async ({ ctx }) => ok(await getWorkspaceSettings(ctx)));
const put = route(putWorkspaceEndpoint)(async ({ ctx, body }) => ok(await putWorkspaceSettings(ctx, body)));

export const { GET, POST, PUT, PATCH, DELETE } = resource(get, put);
