import { z } from "zod";
import { ok } from "#/lib/api/answer.ts";
import { afterOf, pageOn } from "#/lib/api/pagination.ts";
import { resource, route } from "#/lib/api/route.ts";
import { createRevisionEndpoint, listRevisionsEndpoint } from "#/lib/api/routes/prompts.ts";
import { createRevision } from "#/lib/prompts/create-revision.ts";
import { listRevisions } from "#/lib/prompts/list-revisions.ts";

const list = route(listRevisionsEndpoint)(async ({ ctx, params, query: { limit, cursor } }) => {
  const of = { list: "revisions", filter: { artifactId: params.id } };
  const before = afterOf(ctx, of, z.int(), cursor);
  return ok(pageOn(ctx, of, await listRevisions(ctx, params.id, { limit, before })));
});

const create = route(createRevisionEndpoint)(async ({ ctx, params, body }) => {
  const { created, ...revision } = await createRevision(ctx, params.id, body);
  const location = `/api/v1/prompts/${params.id}/revisions/${revision.contentHash}`;
  return { status: created ? 201 : 200, body: revision, headers: { location } };
});

export const { GET, POST, PUT, PATCH, DELETE } = resource(list, create);
