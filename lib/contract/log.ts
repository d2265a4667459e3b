import { z } from "zod";
import { JsonValue } from "./json.ts";
import { Timestamp } from "./run.ts";
import { LogLevel } from "./status.ts";

/** One line of a run's log; `seq` grows and is unique in the run. */
export const LogLine = z
  .object({
    seq: z.int(),
    at: Timestamp,
    level: LogLevel,
    message: z.string(),
    nodeId: z.string().nullable(),
    spanId: z.string().nullable(),
    data: z.record(z.string(), JsonValue),
  })
  .meta({ id: "LogLine" });
export type LogLine = z.infer<typeof LogLine>;

/** `GET /runs/{id}/logs`, before paging. */
export const LogFilter = z.object({
  level: LogLevel.optional().meta({ description: "Lines of this level and above" }),
  spanId: z.string().max(64).optional().meta({ description: "Lines of this span and of the spans inside it" }),
  after: z.coerce.number().int().min(0).optional().meta({ description: "The `seq` of the last line that you have" }),
});
export type LogFilter = z.infer<typeof LogFilter>;
