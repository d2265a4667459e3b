"use server";

import { z } from "zod";
import { samplePayload } from "#/components/workflows/sample-payload.ts";
import { action } from "#/lib/api/action.ts";
import { CreateScheduleRequest, UpdateScheduleRequest } from "#/lib/contract/schedule.ts";
import { Slug } from "#/lib/contract/workflow.ts";
import { parseJsonText } from "#/lib/core/parse-json.ts";
import { assertPayloadFits } from "#/lib/schedules/assert-payload-fits.ts";
import { changeSchedule, createSchedule, deleteSchedule } from "#/lib/schedules/change-schedules.ts";
import { getSchedule } from "#/lib/schedules/list-schedules.ts";
import { getVersion } from "#/lib/workflows/get-version.ts";

// The payload comes as text, so that the same rules apply as to a body of the API.
const payload = z.string().max(900_000, "is too large for this form; use the API");
const OneSchedule = z.strictObject({ id: z.string().max(64) });
const NewScheduleForm = CreateScheduleRequest.extend({ payload });
const ScheduleForm = UpdateScheduleRequest.extend({ ...OneSchedule.shape, payload: payload.optional() });

export const createScheduleAction = action(NewScheduleForm, async (ctx, form) => {
  const request = { ...form, payload: parseJsonText(form.payload, "body.payload") };
  await assertPayloadFits(ctx, request.workflow, request);
  return createSchedule(ctx, request);
});

export const changeScheduleAction = action(ScheduleForm, async (ctx, { id, payload: text, ...change }) => {
  if (text === undefined) return changeSchedule(ctx, id, change);
  const request = { ...change, payload: parseJsonText(text, "body.payload") };
  await assertPayloadFits(ctx, (await getSchedule(ctx, id)).workflow.slug, request);
  return changeSchedule(ctx, id, request);
});

export const deleteScheduleAction = action(OneSchedule, (ctx, { id }) => deleteSchedule(ctx, id));

/** A payload of the shape that the workflow's latest version takes, as JSON text. */
export const samplePayloadAction = action(z.strictObject({ slug: Slug }), async (ctx, { slug }) =>
  samplePayload((await getVersion(ctx, slug, "latest")).definition),
);
