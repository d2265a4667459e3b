import { ok } from "#/lib/api/answer.ts";
import { acceptsGzip, gzipJson } from "#/lib/api/gzip.ts";
import { resource, route } from "#/lib/api/route.ts";
import { readTraceEndpoint } from "#/lib/api/routes/runs.ts";
import { readTrace, readTraceGzip } from "#/lib/runs/read-trace.ts";

const read = route(readTraceEndpoint)(async ({ ctx, params, query, request }) => {
  if (query.after === undefined && acceptsGzip(request)) {
    const stored = await readTraceGzip(ctx, params.id);
    if (stored) return gzipJson(stored.gzip);
  }
  return ok(await readTrace(ctx, params.id, query));
});

export const { GET, POST, PUT, PATCH, DELETE } = resource(read);
