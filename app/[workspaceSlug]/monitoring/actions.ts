"use server";

import { z } from "zod";
import { action } from "#/lib/api/action.ts";
import { cancelRun } from "#/lib/runs/cancel-run.ts";
import { pauseRun } from "#/lib/runs/pause-run.ts";
import { resumeRun } from "#/lib/runs/resume-run.ts";

const OneRun = z.object({ runId: z.string().max(64) });

export const cancelRunAction = action(OneRun, (ctx, input) => cancelRun(ctx, input.runId));
export const pauseRunAction = action(OneRun, (ctx, input) => pauseRun(ctx, input.runId));
export const resumeRunAction = action(OneRun, (ctx, input) => resumeRun(ctx, input.runId));
