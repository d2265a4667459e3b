import { ok } from "#/lib/api/answer.ts";
import { acceptsPacked, packedJson } from "#/lib/api/packed-json.ts";
import { resource, route } from "#/lib/api/route.ts";
import { readTraceEndpoint } from "#/lib/api/routes/runs.ts";
import { readTrace, readTraceGzip } from "#/lib/traces/read-trace.ts";

const readSkeleton = route(readTraceEndpoint)(async ({ ctx, params, query, request }) => {
  if (!acceptsPacked(request)) return ok(await readTrace(ctx, params.id, query));
  const read = await readTraceGzip(ctx, params.id, query);
  return "gzip" in read ? packedJson(read.gzip) : ok(read.skeleton);
});

export const { GET, POST, PUT, PATCH, DELETE } = resource(readSkeleton);
