import { SuggestedFix, SuggestFixRequest } from "#/lib/contract/fix.ts";
import { RunAccepted } from "#/lib/contract/run.ts";
import { getSuggestedFix } from "#/lib/fixes/get-suggested-fix.ts";
import { prepareFix, suggestFix } from "#/lib/fixes/suggest-fix.ts";
import { ok } from "../answer.ts";
import { operation } from "../operation.ts";
import { viaOf } from "../via.ts";
import { ById } from "./path-params.ts";

const tag = "Replay";

export const suggestedFixOperations = [
  operation({
    method: "POST",
    path: "/runs/{id}/suggest-fix",
    id: "suggestFix",
    tag,
    summary:
      "Ask a model how a failed step can be fixed; the answer is read at `/runs/{id}/suggested-fix` of the new run",
    note: "Nothing is changed: to accept a suggestion, push its text as a version or as a revision, and replay from the step. The question holds the definition, the step's input and error and its prompt as they are stored, cut where they are long; it goes to the model's provider.",
    action: "fix:suggest",
    params: ById,
    body: SuggestFixRequest,
    emptyBody: true,
    answers: { 202: RunAccepted },
    errors: [
      "not_found",
      "conflict",
      "source_version_unavailable",
      "workflow_paused",
      "model_not_available",
      "provider_blocked",
      "provider_not_configured",
    ],
    apart: ({ ctx, params, body }) => prepareFix(ctx, params.id, body),
    handle: async ({ ctx, params, body, request, asked }) => {
      const run = await suggestFix(ctx, params.id, body, { via: viaOf(ctx, request), prepared: asked });
      return { status: 202, body: run, headers: { location: `/api/v1/runs/${run.id}/suggested-fix` } };
    },
  }),
  operation({
    method: "GET",
    path: "/runs/{id}/suggested-fix",
    id: "getSuggestedFix",
    tag,
    summary:
      "Read what a run of `suggest-fix` proposes: the change as edits and as the whole text, checked as a push is",
    action: "run:read",
    params: ById,
    answers: { 200: SuggestedFix },
    errors: ["not_found"],
    handle: async ({ ctx, params }) => ok(await getSuggestedFix(ctx, params.id)),
  }),
];
