import type { GuardVerdict, ReplayRequest } from "#/lib/contract/replay.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { loadReplayFacts, type ReplayFacts } from "./facts.ts";
import { evaluateGuards } from "./guards.ts";
import { planReplay, type ReplayPlan } from "./plan.ts";

/** What is known of a replay before it is accepted. */
export type ReplayPreview = { facts: ReplayFacts; plan: ReplayPlan; verdicts: GuardVerdict[] };

/**
 * What a submit of this request would do, and every verdict on it. Submit, preflight and the preflight of a batch all
 * ask here, so that none can say otherwise than another. Changes nothing. Throws as `loadReplayFacts` does.
 */
export async function previewReplay(ctx: Ctx, runId: string, request: ReplayRequest): Promise<ReplayPreview> {
  const facts = await loadReplayFacts(ctx, ctx.db, runId, request);
  const plan = planReplay(facts, request);
  return { facts, plan, verdicts: await evaluateGuards(facts, plan, request) };
}
