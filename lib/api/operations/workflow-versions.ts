import { z } from "zod";
import { pageOf, PageQuery } from "#/lib/contract/page.ts";
import {
  PushVersionRequest,
  VersionPushed,
  VersionValidated,
  WorkflowVersionDetail,
  WorkflowVersionSummary,
} from "#/lib/contract/workflow.ts";
import { deleteVersion } from "#/lib/workflows/delete-version.ts";
import { getVersion, listVersions } from "#/lib/workflows/get-version.ts";
import type { DefinitionSource } from "#/lib/workflows/definition-source.ts";
import { judgeDefinition, pushVersion } from "#/lib/workflows/push-version.ts";
import { validateVersion } from "#/lib/workflows/validate-version.ts";
import { noContent, ok } from "../answer.ts";
import { operation } from "../operation.ts";
import { descendingKey, pageOfWhole } from "../pagination.ts";
import { BySlug } from "./path-params.ts";

const tag = "Workflows";

const YamlDefinition = z.object({ yaml: z.string() }).meta({ description: "The workflow definition as YAML" });
const ByVersion = BySlug.extend({ version: z.union([z.coerce.number().int().positive(), z.literal("latest")]) });

function sourceOf(body: z.output<typeof PushVersionRequest> | { yaml: string }): DefinitionSource {
  return "yaml" in body ? { yaml: body.yaml } : { json: body.definition };
}

export const workflowVersionOperations = [
  operation({
    method: "GET",
    path: "/workflows/{slug}/versions",
    id: "listVersions",
    tag,
    summary: "List a workflow's versions, newest first",
    action: "workflow:read",
    params: BySlug,
    query: PageQuery,
    answers: { 200: pageOf(WorkflowVersionSummary) },
    errors: ["not_found"],
    handle: async ({ ctx, params, query }) => {
      const of = { list: "versions", filter: { slug: params.slug } };
      const versions = await listVersions(ctx, params.slug);
      return ok(pageOfWhole(ctx, of, versions, (version) => descendingKey(version.version), query));
    },
  }),
  operation({
    method: "POST",
    path: "/workflows/{slug}/versions",
    id: "pushVersion",
    tag,
    summary:
      "Push a version, as JSON or as the YAML definition itself; if a version already has this content, it is returned (200)",
    action: "workflow:write",
    note: "`onLatest=3` refuses with `conflict` when the latest version is no longer 3 and the content is new.",
    params: BySlug,
    query: z.object({ onLatest: z.coerce.number().int().positive().optional() }),
    body: PushVersionRequest,
    yaml: YamlDefinition,
    answers: { 201: VersionPushed, 200: VersionPushed },
    errors: ["not_found", "workflow_invalid", "conflict"],
    judge: ({ ctx, body }) => judgeDefinition(ctx, sourceOf(body)),
    handle: async ({ ctx, params, query: { onLatest }, body, asked }) => {
      const how = { judged: asked, ...(onLatest === undefined ? {} : { onLatest }) };
      const { created, ...pushed } = await pushVersion(ctx, params.slug, sourceOf(body), how);
      const location = `/api/v1/workflows/${params.slug}/versions/${pushed.version}`;
      return { status: created ? 201 : 200, body: pushed, headers: { location } };
    },
  }),
  operation({
    method: "POST",
    path: "/workflows/{slug}/versions/validate",
    id: "validateVersion",
    tag,
    summary: "Say what pushing this definition would do: every fault, warnings, what differs; stores nothing",
    action: "workflow:write",
    readOnly: true,
    params: BySlug,
    query: z.object({ texts: z.enum(["true", "false"]).optional() }),
    body: PushVersionRequest,
    yaml: YamlDefinition,
    answers: { 200: VersionValidated },
    errors: ["not_found"],
    handle: async ({ ctx, params, query, body }) =>
      ok(await validateVersion(ctx, params.slug, sourceOf(body), { texts: query.texts === "true" })),
  }),
  operation({
    method: "GET",
    path: "/workflows/{slug}/versions/{version}",
    id: "getVersion",
    tag,
    summary: "Read a version with its definition, by number or `latest`",
    action: "workflow:read",
    params: ByVersion,
    answers: { 200: WorkflowVersionDetail },
    errors: ["not_found"],
    handle: async ({ ctx, params }) => ok(await getVersion(ctx, params.slug, params.version)),
  }),
  operation({
    method: "DELETE",
    path: "/workflows/{slug}/versions/{version}",
    id: "deleteVersion",
    tag,
    summary: "Delete a version; its number is never reused",
    action: "workflow:write",
    params: BySlug.extend({ version: z.coerce.number().int().positive() }),
    answers: { 204: null },
    errors: ["not_found"],
    handle: async ({ ctx, params }) => {
      await deleteVersion(ctx, params.slug, params.version);
      return noContent;
    },
  }),
];
