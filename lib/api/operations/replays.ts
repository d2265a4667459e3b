import { Preflight, ReplayAccepted, ReplayRequest } from "#/lib/contract/replay.ts";
import { preflightReplay } from "#/lib/replay/preflight-replay.ts";
import { judgeReplay, submitReplay } from "#/lib/replay/submit-replay.ts";
import { ok } from "../answer.ts";
import { operation } from "../operation.ts";
import { viaOf } from "../via.ts";
import { ById } from "./path-params.ts";

const tag = "Replay";

const refusals = [
  "not_found",
  "cross_boundary",
  "run_in_flight",
  "replay_depth_exceeded",
  "source_version_unavailable",
  "workflow_invalid",
  "workflow_paused",
  "mapping_invalid",
  "nodes_unmapped",
  "from_node_invalid",
  "prompt_not_found",
  "prompt_hash_mismatch",
  "model_ref_mismatch",
  "provider_blocked",
  "model_not_available",
  "override_has_no_target",
  "payload_invalid",
  "expression_failed",
] as const;

export const replayOperations = [
  operation({
    method: "POST",
    path: "/runs/{id}/replay",
    id: "submitReplay",
    tag,
    summary: "Replay a finished run; an empty body replays it as-is",
    action: "replay:submit",
    params: ById,
    body: ReplayRequest,
    duplicateKeys: "mapping_invalid",
    emptyBody: true,
    answers: { 202: ReplayAccepted },
    errors: [...refusals, "replay_quota_exceeded"],
    judge: ({ ctx, params, body }) => judgeReplay(ctx, params.id, body),
    handle: async ({ ctx, params, body, request, asked }) => {
      const run = await submitReplay(ctx, params.id, body, { via: viaOf(ctx, request), judged: asked });
      return { status: 202, body: run, headers: { location: `/api/v1/runs/${run.id}` } };
    },
  }),
  operation({
    method: "POST",
    path: "/runs/{id}/replay/preflight",
    id: "preflightReplay",
    tag,
    summary: "Preview what a replay would do and everything that would block it; changes nothing and uses no quota",
    action: "replay:preflight",
    isHeavy: true,
    readOnly: true,
    params: ById,
    body: ReplayRequest,
    duplicateKeys: "mapping_invalid",
    emptyBody: true,
    answers: { 200: Preflight },
    errors: ["not_found", "cross_boundary"],
    handle: async ({ ctx, params, body }) => ok(await preflightReplay(ctx, params.id, body)),
  }),
];
