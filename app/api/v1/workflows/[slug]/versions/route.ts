import { ok } from "#/lib/api/answer.ts";
import { descendingKey, pageOfWhole } from "#/lib/api/pagination.ts";
import { resource, route } from "#/lib/api/route.ts";
import { listVersionsEndpoint, pushVersionEndpoint } from "#/lib/api/routes/workflows.ts";
import { listVersions } from "#/lib/workflows/get-version.ts";
import { pushVersion } from "#/lib/workflows/push-version.ts";

const list = route(listVersionsEndpoint)(async ({ ctx, params, query }) => {
  const of = { list: "versions", filter: { slug: params.slug } };
  const versions = await listVersions(ctx, params.slug);
  return ok(pageOfWhole(ctx, of, versions, (version) => descendingKey(version.version), query));
});

const push = route(pushVersionEndpoint)(async ({ ctx, params, body }) => {
  const source = "yaml" in body ? { yaml: body.yaml } : { json: body.definition };
  const { created, ...pushed } = await pushVersion(ctx, params.slug, source);
  const location = `/api/v1/workflows/${params.slug}/versions/${pushed.version}`;
  return { status: created ? 201 : 200, body: pushed, headers: { location } };
});

export const { GET, POST, PUT, PATCH, DELETE } = resource(list, push);
