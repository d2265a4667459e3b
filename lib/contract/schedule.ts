import { z } from "zod";
import { JsonValue } from "./json.ts";
import { StepError, Timestamp } from "./run.ts";
import { text } from "./text.ts";
import { Slug } from "./workflow.ts";

const Environment = z.string().regex(/^[a-z][a-z0-9_-]{0,31}$/);

const fields = {
  cron: text().min(1).max(100).meta({
    description: "Five fields, or six with seconds first: `0 9 * * 1-5`, `*/15 * * * *`, `@daily`",
    example: "0 9 * * 1-5",
  }),
  timeZone: text()
    .min(1)
    .max(64)
    .meta({ description: "An IANA time zone; UTC if it is left out", example: "Europe/Berlin" }),
  payload: JsonValue,
  environment: Environment,
  enabled: z.boolean(),
  catchUp: z.boolean().meta({
    description: "A tick that was missed during an outage runs once, late (true), or is skipped (false)",
  }),
};

/** `POST /schedules`. */
export const CreateScheduleRequest = z
  .strictObject({
    workflow: Slug,
    cron: fields.cron,
    timeZone: fields.timeZone.default("UTC"),
    payload: fields.payload.default({}),
    environment: fields.environment.default("production"),
    enabled: fields.enabled.default(true),
    catchUp: fields.catchUp.default(false),
  })
  .meta({ id: "CreateScheduleRequest" });
export type CreateScheduleRequest = z.infer<typeof CreateScheduleRequest>;

/** `PATCH /schedules/{id}`: what is absent stays. */
export const UpdateScheduleRequest = z
  .strictObject({
    cron: fields.cron.optional(),
    timeZone: fields.timeZone.optional(),
    payload: fields.payload.optional(),
    environment: fields.environment.optional(),
    enabled: fields.enabled.optional(),
    catchUp: fields.catchUp.optional(),
  })
  .meta({ id: "UpdateScheduleRequest" });
export type UpdateScheduleRequest = z.infer<typeof UpdateScheduleRequest>;

export const Schedule = z
  .object({
    id: z.string(),
    workflow: z.object({ id: z.string(), slug: z.string() }),
    ...fields,
    next: z.array(Timestamp).meta({ description: "The next five times; empty while it is disabled" }),
    lastAt: Timestamp.nullable(),
    lastRun: z.string().nullable(),
    lastError: StepError.nullable().meta({ description: "Why the last tick made no run" }),
    author: z.string().nullable(),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  })
  .meta({ id: "Schedule" });
export type Schedule = z.infer<typeof Schedule>;
