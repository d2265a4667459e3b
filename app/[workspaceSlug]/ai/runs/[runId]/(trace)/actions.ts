"use server";

import { z } from "zod";
import { action } from "#/lib/api/action.ts";
import { SuggestFixRequest } from "#/lib/contract/fix.ts";
import { PutNodeMappingRequest } from "#/lib/contract/mapping.ts";
import { ReplayRequest } from "#/lib/contract/replay.ts";
import { parseJsonText } from "#/lib/core/parse-json.ts";
import { suggestFix } from "#/lib/fixes/suggest-fix.ts";
import { preflightReplay } from "#/lib/replay/preflight-replay.ts";
import { putNodeMapping } from "#/lib/replay/put-node-mapping.ts";
import { submitReplay } from "#/lib/replay/submit-replay.ts";

/** An edited payload comes as text, so that the same rules apply as to a body of the API. */
const ReplayInput = z.strictObject({
  runId: z.string().max(64),
  request: ReplayRequest,
  payloadText: z.string().max(900_000, "is too large for this form; use the API").optional(),
});

function requestOf({ request, payloadText }: z.output<typeof ReplayInput>): ReplayRequest {
  return payloadText === undefined ? request : { ...request, payload: parseJsonText(payloadText, "payload") };
}

export const submitReplayAction = action(ReplayInput, (ctx, input) =>
  submitReplay(ctx, input.runId, requestOf(input), { via: "page" }),
);

export const preflightReplayAction = action(ReplayInput, (ctx, input) =>
  preflightReplay(ctx, input.runId, requestOf(input)),
);

export const suggestFixAction = action(
  SuggestFixRequest.extend({ runId: z.string().max(64) }),
  (ctx, { runId, ...request }) => suggestFix(ctx, runId, request, { via: "page" }),
);

export const saveNodeMappingAction = action(PutNodeMappingRequest, putNodeMapping);
