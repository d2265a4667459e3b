import { z } from "zod";
import { FieldError } from "./problem.ts";
import { RunError, Usage } from "./run.ts";
import { RunStatus } from "./status.ts";

export const SuggestFixRequest = z
  .strictObject({
    spanId: z
      .string()
      .min(1)
      .max(64)
      .optional()
      .meta({ description: "The failed step; by default the one at which the run failed" }),
    model: z.string().min(1).max(300).optional().meta({
      description: "Ref of an allowed model; by default the failed step's own, or another that the workflow calls",
    }),
    maxCostMicros: z.int().positive().optional().meta({ description: "No further call once this is spent (500000)" }),
  })
  .meta({ id: "SuggestFixRequest" });
export type SuggestFixRequest = z.infer<typeof SuggestFixRequest>;

/** What a fix changes: the workflow's definition, the text of the failed step's prompt artifact, or nothing. */
export const fixTargets = ["definition", "prompt", "none"] as const;
export const FixTarget = z.enum(fixTargets);
export type FixTarget = z.infer<typeof FixTarget>;

/** `find` stands exactly once in the text, and becomes `replace`. */
export const TextEdit = z.object({ find: z.string(), replace: z.string() });
export type TextEdit = z.infer<typeof TextEdit>;

export const SuggestedFix = z
  .object({
    id: z.string().meta({ description: "The run that asked the model" }),
    status: RunStatus,
    url: z.string(),
    of: z.object({
      runId: z.string(),
      spanId: z.string(),
      nodeId: z.string(),
      fromNodeId: z.string().meta({ description: "The step to replay from once the fix is accepted" }),
      workflow: z.string(),
      version: z.int(),
    }),
    model: z.string(),
    usage: Usage,
    costMicros: z.int().nullable(),
    error: RunError.nullable().meta({ description: "Why there is no suggestion" }),
    fix: z
      .object({
        target: FixTarget,
        explanation: z.string(),
        edits: z.array(TextEdit),
        repaired: z.boolean().meta({ description: "The first answer was not valid; the model corrected it" }),
        valid: z.boolean().meta({ description: "The result passed the rules of a push" }),
        faults: z.array(FieldError),
        prompt: z.object({ artifactId: z.string(), contentHash: z.string() }).nullable(),
        before: z.string().nullable(),
        after: z.string().nullable().meta({ description: "The whole text; null where an edit does not apply" }),
      })
      .nullable()
      .meta({ description: "null until the run has completed" }),
  })
  .meta({ id: "SuggestedFix" });
export type SuggestedFix = z.infer<typeof SuggestedFix>;
