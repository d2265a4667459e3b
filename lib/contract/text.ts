import { z } from "zod";

/**
 * Free text that is kept as it was sent: well-formed Unicode without U+0000, which PostgreSQL's text cannot hold. A lone
 * surrogate would come back as U+FFFD, and two different texts could become the same. Not for JSON values: `json` columns
 * keep both as escapes.
 */
export function text(): z.ZodString {
  return z
    .string()
    .refine((value) => value.isWellFormed(), "must be well-formed Unicode (no lone surrogates)")
    .refine((value) => !value.includes("\u0000"), "must not contain U+0000");
}
