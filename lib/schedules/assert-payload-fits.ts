import type { Json } from "#/lib/contract/json.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { judgeTrigger } from "#/lib/runs/trigger-run.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";

/**
 * Throws `payload_invalid` where a schedule's payload would make no run of the workflow's latest version. For people, who
 * look now and not at the first tick; programs may write a schedule before the version that it is meant for. That a
 * workflow is paused, or has no version left, says nothing about its later ticks.
 */
export async function assertPayloadFits(
  ctx: Ctx,
  slug: string,
  trigger: { payload: Json; environment?: string | undefined },
): Promise<void> {
  try {
    await judgeTrigger(ctx, slug, trigger);
  } catch (error) {
    const isForNow = error instanceof DomainError && (error.code === "workflow_paused" || error.code === "not_found");
    if (!isForNow) throw error;
  }
}
