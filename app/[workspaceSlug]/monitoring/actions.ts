"use server";

import { z } from "zod";
import { action } from "#/lib/api/action.ts";
import { chooseRuns } from "#/lib/batches/choose-runs.ts";
import { abortBatch, pauseBatch, resumeBatch, retryBatch } from "#/lib/batches/control-batch.ts";
import { createBatch } from "#/lib/batches/create-batch.ts";
import { BatchRequest, ResumeBatchRequest, RunSelection } from "#/lib/contract/batch.ts";
import { ApprovalRequest, RescheduleRequest } from "#/lib/contract/run.ts";
import { cancelRun } from "#/lib/runs/cancel-run.ts";
import { cancelRuns } from "#/lib/runs/cancel-runs.ts";
import { decideApproval } from "#/lib/runs/decide-approval.ts";
import { pauseRun } from "#/lib/runs/pause-run.ts";
import { rescheduleRun } from "#/lib/runs/reschedule-run.ts";
import { resumeRun } from "#/lib/runs/resume-run.ts";

const OneRun = z.object({ runId: z.string().max(64) });

const Decision = ApprovalRequest.extend({ runId: z.string().max(64), spanId: z.string().max(64) });

export const decideApprovalAction = action(Decision, (ctx, { runId, spanId, ...request }) =>
  decideApproval(ctx, runId, spanId, request),
);
export const cancelRunAction = action(OneRun, (ctx, input) => cancelRun(ctx, input.runId));
export const pauseRunAction = action(OneRun, (ctx, input) => pauseRun(ctx, input.runId));
export const resumeRunAction = action(OneRun, (ctx, input) => resumeRun(ctx, input.runId));
export const rescheduleRunAction = action(RescheduleRequest.extend(OneRun.shape), (ctx, { runId, ...to }) =>
  rescheduleRun(ctx, runId, to),
);
export const cancelRunsAction = action(RunSelection, async (ctx, selection) =>
  cancelRuns(ctx, (await chooseRuns(ctx, selection)).ids),
);
export const createBatchAction = action(BatchRequest, createBatch);

const OneBatch = z.object({ id: z.string().max(64) });
const AbortedBatch = OneBatch.extend({ cancelRuns: z.boolean() });
const ResumedBatch = ResumeBatchRequest.extend(OneBatch.shape);

export const pauseBatchAction = action(OneBatch, (ctx, { id }) => pauseBatch(ctx, id));
export const resumeBatchAction = action(ResumedBatch, (ctx, { id, ...cap }) => resumeBatch(ctx, id, cap));
export const abortBatchAction = action(AbortedBatch, (ctx, { id, ...how }) => abortBatch(ctx, id, how));
export const retryBatchAction = action(OneBatch, (ctx, { id }) => retryBatch(ctx, id));
