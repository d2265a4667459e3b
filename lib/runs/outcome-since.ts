import type { TriggerAccepted } from "#/lib/contract/run.ts";
import { isFinal } from "#/lib/contract/status.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { isPermitted } from "#/lib/tenancy/permissions.ts";
import { findRun, findRunBody } from "./run-store.ts";

/**
 * What a repeated trigger is answered: the run as it was accepted, with its status of now, and once it has ended with
 * its output or error. As it was accepted for an actor who may not read runs, and when the run was deleted.
 */
export async function outcomeSince(ctx: Ctx, accepted: TriggerAccepted): Promise<TriggerAccepted> {
  if (!isPermitted(ctx.actor, "run:read")) return accepted;
  const found = await findRun(ctx.db, ctx.workspace.id, accepted.id);
  if (!found) return accepted;
  const { status, statusReason, version, error } = found.run;
  const now = { ...accepted, status, statusReason, version };
  if (!isFinal(status)) return now;
  const body = await findRunBody(ctx.db, ctx.workspace.id, accepted.id);
  return { ...now, output: body?.output ?? null, error };
}
