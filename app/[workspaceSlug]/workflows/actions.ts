"use server";

import { z } from "zod";
import { action } from "#/lib/api/action.ts";
import { TriggerRequest } from "#/lib/contract/run.ts";
import { PauseWorkflowRequest, Slug, UnpauseWorkflowRequest } from "#/lib/contract/workflow.ts";
import { parseJsonText } from "#/lib/core/parse-json.ts";
import { triggerRun } from "#/lib/runs/trigger-run.ts";
import { deleteVersion } from "#/lib/workflows/delete-version.ts";
import { pushVersion } from "#/lib/workflows/push-version.ts";
import { pauseWorkflow, unpauseWorkflow } from "#/lib/workflows/pause-workflow.ts";

const OneWorkflow = z.strictObject({ slug: Slug });
const OneVersion = OneWorkflow.extend({ version: z.int().positive() });
const PushForm = OneWorkflow.extend({
  text: z.string().max(900_000, "is too large for this form; use the API"),
  onLatest: z.int().positive().optional(),
});
const TriggerForm = OneWorkflow.extend({
  payload: z.string().max(900_000, "is too large for this form; use the API"),
  version: TriggerRequest.shape.version,
  environment: TriggerRequest.shape.environment,
  tags: TriggerRequest.shape.tags,
});

export const pauseWorkflowAction = action(PauseWorkflowRequest.extend({ slug: Slug }), (ctx, input) =>
  pauseWorkflow(ctx, input.slug, input.reason),
);
export const unpauseWorkflowAction = action(UnpauseWorkflowRequest.extend({ slug: Slug }), (ctx, input) =>
  unpauseWorkflow(ctx, input.slug, input.reason),
);
export const deleteVersionAction = action(OneVersion, (ctx, input) => deleteVersion(ctx, input.slug, input.version));

/** The definition comes as the text that was edited, YAML or JSON. */
export const pushVersionAction = action(PushForm, (ctx, { slug, text, onLatest }) =>
  pushVersion(ctx, slug, { yaml: text }, onLatest === undefined ? {} : { onLatest }),
);

/** The payload comes as text, so that the same rules apply as to a body of the API. */
export const triggerRunAction = action(TriggerForm, (ctx, { slug, payload, ...request }) =>
  triggerRun(ctx, slug, { ...request, payload: parseJsonText(payload, "body.payload") }, "page"),
);
