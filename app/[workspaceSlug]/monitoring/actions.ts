"use server";

import { z } from "zod";
import { action } from "#/lib/api/action.ts";
import { ApprovalRequest } from "#/lib/contract/run.ts";
import { cancelRun } from "#/lib/runs/cancel-run.ts";
import { decideApproval } from "#/lib/runs/decide-approval.ts";
import { pauseRun } from "#/lib/runs/pause-run.ts";
import { resumeRun } from "#/lib/runs/resume-run.ts";

const OneRun = z.object({ runId: z.string().max(64) });

const Decision = ApprovalRequest.extend({ runId: z.string().max(64), spanId: z.string().max(64) });

export const decideApprovalAction = action(Decision, (ctx, { runId, spanId, ...request }) =>
  decideApproval(ctx, runId, spanId, request),
);
export const cancelRunAction = action(OneRun, (ctx, input) => cancelRun(ctx, input.runId));
export const pauseRunAction = action(OneRun, (ctx, input) => pauseRun(ctx, input.runId));
export const resumeRunAction = action(OneRun, (ctx, input) => resumeRun(ctx, input.runId));
