import { z } from "zod";
import { FixTarget, type SuggestedFix, TextEdit } from "#/lib/contract/fix.ts";
import { FieldError } from "#/lib/contract/problem.ts";
import type { Run } from "#/lib/contract/run.ts";
import { notFound } from "#/lib/core/errors.ts";
import { applyEdits } from "#/lib/core/text-edits.ts";
import { getRun } from "#/lib/runs/get-run.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { FixPayload } from "./fix-payload.ts";
import { fixSlug } from "./fix-workflow.ts";

const Proposal = z.object({ target: FixTarget, explanation: z.string(), edits: z.array(TextEdit) });
const Check = z.object({ valid: z.boolean(), faults: z.array(FieldError) });
const FixOutput = z.object({
  proposal: Proposal,
  check: Check,
  /** Null when the first answer was valid. */
  repair: Proposal.nullable().optional(),
  repairCheck: Check.nullable().optional(),
});

/**
 * What a run that `suggestFix` started proposes, once it has completed. Throws `not_found` for any other run.
 */
export async function getSuggestedFix(ctx: Ctx, id: string): Promise<SuggestedFix> {
  const run = await getRun(ctx, id);
  const asked = run.workflow.slug === fixSlug ? FixPayload.safeParse(run.payload) : null;
  if (!asked?.success) throw notFound("Suggested fix");
  return suggestedFix(run, asked.data);
}

function suggestedFix(run: Run, payload: FixPayload): SuggestedFix {
  const output = run.status === "completed" ? FixOutput.safeParse(run.output) : null;
  const { id, status, url, usage, costMicros, error } = run;
  return {
    ...{ id, status, url, usage, costMicros, error, of: payload.of, model: payload.model },
    fix: output?.success ? fixOf(output.data, payload) : null,
  };
}

function fixOf(output: z.infer<typeof FixOutput>, payload: FixPayload): SuggestedFix["fix"] {
  const { target, explanation, edits } = output.repair ?? output.proposal;
  const { valid, faults } = (output.repair ? output.repairCheck : null) ?? output.check;
  const before = target === "none" ? null : target === "prompt" ? payload.prompt : payload.definition;
  const edited = before === null ? null : applyEdits(before, edits);
  const prompt =
    target === "prompt" && payload.artifactId !== null && payload.contentHash !== null
      ? { artifactId: payload.artifactId, contentHash: payload.contentHash }
      : null;
  return {
    ...{ target, explanation, edits, valid, faults, prompt, before },
    repaired: Boolean(output.repair),
    after: edited && "text" in edited ? edited.text : null,
  };
}
