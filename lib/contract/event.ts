import { z } from "zod";
import { JsonValue } from "./json.ts";
import { Timestamp } from "./run.ts";

/** One entry of a run's ordered history; `seq` grows, is unique in the run, and is the `id` of an SSE message. */
export const RunEvent = z
  .object({
    seq: z.int(),
    type: z
      .string()
      .meta({ description: "run.created, run.started, step.started, step.waiting, step.completed, attempt.failed, …" }),
    at: Timestamp,
    nodeId: z.string().nullable(),
    spanId: z.string().nullable(),
    key: z.string().nullable(),
    data: z.record(z.string(), JsonValue),
  })
  .meta({ id: "RunEvent" });
export type RunEvent = z.infer<typeof RunEvent>;
