import { ok } from "#/lib/api/answer.ts";
import { resource, route } from "#/lib/api/route.ts";
import { readSpanEndpoint } from "#/lib/api/routes/runs.ts";
import { readSpan } from "#/lib/runs/read-span.ts";

const read = route(readSpanEndpoint)(async ({ ctx, params }) => ok(await readSpan(ctx, params.id, params.spanId)));

export const { GET, POST, PUT, PATCH, DELETE } = resource(read);
