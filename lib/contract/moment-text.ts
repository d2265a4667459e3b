import { z } from "zod";
import { momentOf } from "./moment.ts";

/** A time in a request; `checkedMoment` reads it. */
export const MomentText = z
  .string()
  .refine((text) => momentOf(text) !== null, "expected a day or a time such as 2026-11-28 or 2026-11-28T08:00Z")
  .meta({ description: "A day or an RFC 3339 time; without a zone it is UTC", example: "2026-11-28T08:00:00.000Z" });
