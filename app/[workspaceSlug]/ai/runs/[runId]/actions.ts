"use server";

import { z } from "zod";
import { action } from "#/lib/api/action.ts";
import { ReplayRequest } from "#/lib/contract/replay.ts";
import { preflightReplay } from "#/lib/replay/preflight-replay.ts";
import { submitReplay } from "#/lib/replay/submit-replay.ts";

const ReplayInput = z.strictObject({ runId: z.string().max(64), request: ReplayRequest });

export const submitReplayAction = action(ReplayInput, (ctx, input) =>
  submitReplay(ctx, input.runId, input.request, { via: "page" }),
);

export const preflightReplayAction = action(ReplayInput, (ctx, input) =>
  preflightReplay(ctx, input.runId, input.request),
);
