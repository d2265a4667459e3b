import { ok } from "#/lib/api/answer.ts";
import { acceptsGzip, gzipJson } from "#/lib/api/gzip.ts";
import { resource, route } from "#/lib/api/route.ts";
import { readTraceEndpoint } from "#/lib/api/routes/runs.ts";
import { readTrace, readTraceGzip } from "#/lib/traces/read-trace.ts";

const readSkeleton = route(readTraceEndpoint)(async ({ ctx, params, query, request }) => {
  if (query.after === undefined && acceptsGzip(request)) {
    const read = await readTraceGzip(ctx, params.id);
    return "gzip" in read ? gzipJson(read.gzip) : ok(read.skeleton);
  }
  return ok(await readTrace(ctx, params.id, query));
});

export const { GET, POST, PUT, PATCH, DELETE } = resource(readSkeleton);
