import { z } from "zod";
import { SuggestedFix } from "#/lib/contract/fix.ts";

/** What a run of the workflow of suggestions is triggered with. */
export const FixPayload = z.object({
  of: SuggestedFix.shape.of,
  model: z.string(),
  question: z.string(),
  /** The version as YAML, to which edits of a definition are made. */
  definition: z.string(),
  /** The text of the failed step's prompt artifact, and which revision it is; null where it used none. */
  prompt: z.string().nullable(),
  artifactId: z.string().nullable(),
  contentHash: z.string().nullable(),
});
export type FixPayload = z.infer<typeof FixPayload>;
