import { openApiDocument } from "#/lib/api/openapi.ts";

export const dynamic = "force-dynamic";

/** The description of the API itself; the same for everyone, so it needs no key. */
export function GET(): Response {
  return Response.json(openApiDocument(), { headers: { "cache-control": "public, max-age=60" } });
}
