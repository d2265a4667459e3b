import { z } from "zod";
import {
  Batch,
  BatchAccepted,
  BatchItem,
  BatchItemStatus,
  BatchPreflight,
  BatchRequest,
  BatchSummary,
  ResumeBatchRequest,
} from "#/lib/contract/batch.ts";
import { pageOf, PageQuery } from "#/lib/contract/page.ts";
import { abortBatch, pauseBatch, resumeBatch, retryBatch } from "#/lib/batches/control-batch.ts";
import { createBatch } from "#/lib/batches/create-batch.ts";
import { getBatch, listBatches } from "#/lib/batches/get-batch.ts";
import { listBatchItems } from "#/lib/batches/list-batch-items.ts";
import { preflightBatch } from "#/lib/batches/preflight-batch.ts";
import { ok } from "../answer.ts";
import { operation } from "../operation.ts";
import { afterOf, pageOn, readPage } from "../pagination.ts";
import { ById } from "./path-params.ts";

const tag = "Replay batches";
const refusals = ["filter_empty", "batch_too_large"] as const;

const control = {
  method: "POST",
  tag,
  action: "replay:submit",
  params: ById,
  answers: { 200: Batch },
  errors: ["not_found", "illegal_transition"],
} as const;
/** Of what makes a batch run: only so many do at once. */
const runErrors = [...control.errors, "in_use"] as const;

export const replayBatchOperations = [
  operation({
    method: "POST",
    path: "/replay-batches",
    id: "createReplayBatch",
    tag,
    summary: "Replay many finished runs with one request",
    note: "Its replays keep to the workspace's pace (`batchPace` of `/workspace`) and start behind all others. The runs are chosen once, now. One that cannot be replayed, or is not there, becomes a `refused` item; `onRefusal: stop` then skips the rest. At most a hundred batches of a workspace run at once. A `filter` also needs the scope `runs:read`.",
    action: "replay:submit",
    body: BatchRequest,
    duplicateKeys: "mapping_invalid",
    answers: { 202: BatchAccepted },
    errors: [...refusals, "in_use"],
    handle: async ({ ctx, body }) => {
      const batch = await createBatch(ctx, body);
      return { status: 202, body: batch, headers: { location: `/api/v1/replay-batches/${batch.id}` } };
    },
  }),
  operation({
    method: "POST",
    path: "/replay-batches/preflight",
    id: "preflightReplayBatch",
    tag,
    summary: "Preview what a batch would do and which runs it could not replay; changes nothing",
    note: "A `filter` also needs the scope `runs:read`.",
    action: "replay:preflight",
    readOnly: true,
    body: BatchRequest,
    duplicateKeys: "mapping_invalid",
    answers: { 200: BatchPreflight },
    errors: refusals,
    handle: async ({ ctx, body }) => ok(await preflightBatch(ctx, body)),
  }),
  operation({
    method: "GET",
    path: "/replay-batches",
    id: "listReplayBatches",
    tag,
    summary: "List batches with their progress, newest first",
    action: "batch:read",
    query: PageQuery,
    answers: { 200: pageOf(BatchSummary) },
    handle: async ({ ctx, query }) =>
      ok(await readPage(ctx, { list: "replay-batches", filter: {} }, query, (slice) => listBatches(ctx, slice))),
  }),
  operation({
    method: "GET",
    path: "/replay-batches/{id}",
    id: "getReplayBatch",
    tag,
    summary: "Read a batch with its progress, cost and effects",
    action: "batch:read",
    params: ById,
    answers: { 200: Batch },
    errors: ["not_found"],
    handle: async ({ ctx, params }) => ok(await getBatch(ctx, params.id)),
  }),
  operation({
    method: "GET",
    path: "/replay-batches/{id}/items",
    id: "listReplayBatchItems",
    tag,
    summary: "List the runs of a batch and what became of each",
    note: "In the order of the selection; a filter's newest first. `status` may be given several times.",
    action: "batch:read",
    params: ById,
    query: PageQuery.extend({ status: z.array(BatchItemStatus).max(10).optional() }),
    answers: { 200: pageOf(BatchItem) },
    errors: ["not_found"],
    handle: async ({ ctx, params, query }) => {
      const statuses = query.status ?? [];
      const of = { list: "replay-batch-items", filter: { id: params.id, statuses } };
      const after = afterOf(ctx, of, z.int(), query.cursor);
      return ok(pageOn(ctx, of, await listBatchItems(ctx, params.id, { statuses, limit: query.limit, after })));
    },
  }),
  operation({
    ...control,
    path: "/replay-batches/{id}/pause",
    id: "pauseReplayBatch",
    summary: "Pause a batch: it submits no more until it is resumed",
    note: "Replays under way go on.",
    handle: async ({ ctx, params }) => ok(await pauseBatch(ctx, params.id)),
  }),
  operation({
    ...control,
    path: "/replay-batches/{id}/resume",
    id: "resumeReplayBatch",
    summary: "Resume a paused batch, with another cost cap if one is given",
    note: "`maxCostMicros: null` is no cap; absent, it stays. The batch goes on for whoever resumes it, with their rights.",
    body: ResumeBatchRequest,
    emptyBody: true,
    errors: runErrors,
    handle: async ({ ctx, params, body }) => ok(await resumeBatch(ctx, params.id, body)),
  }),
  operation({
    ...control,
    path: "/replay-batches/{id}/abort",
    id: "abortReplayBatch",
    summary: "Abort a batch: it submits no more",
    note: "`cancelRuns=true` also cancels its replays that have not ended, which needs the scope `runs:write`.",
    query: z.object({ cancelRuns: z.enum(["true", "false"]).optional() }),
    // The runs are cancelled one by one, also below an idempotency key.
    apart: async ({ ctx, params, query }) =>
      query.cancelRuns === "true" ? abortBatch(ctx, params.id, { cancelRuns: true }) : null,
    handle: async ({ ctx, params, asked }) => ok(asked ?? (await abortBatch(ctx, params.id))),
  }),
  operation({
    ...control,
    path: "/replay-batches/{id}/retry",
    id: "retryReplayBatch",
    summary: "Submit the refused, skipped and aborted runs of a batch again",
    note: "For whoever asks, with their rights. A batch that is over runs again; a paused one stays paused.",
    errors: runErrors,
    handle: async ({ ctx, params }) => ok(await retryBatch(ctx, params.id)),
  }),
];
