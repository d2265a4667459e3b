import { replayDepthLimit, replayQuota, type Preflight, type ReplayRequest } from "#/lib/contract/replay.ts";
import { inTurn } from "#/lib/core/loop-turns.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize, isPermitted } from "#/lib/tenancy/permissions.ts";
import { plainVariables } from "#/lib/tenancy/variables.ts";
import { renameCandidates } from "#/lib/workflows/version-diff.ts";
import { loadReplayFacts, type ReplayFacts } from "./facts.ts";
import { forecast } from "./forecast.ts";
import { evaluateGuards } from "./guards.ts";
import { definitionOf } from "./node-map.ts";
import { planReplay, type ReplayPlan } from "./plan.ts";
import { toolHosts } from "./tool-hosts.ts";

/**
 * What a submit of this request would meet and do: all verdicts at once, by the same path, changing nothing. Throws
 * `not_found` and `cross_boundary`.
 */
export async function preflightReplay(ctx: Ctx, runId: string, request: ReplayRequest): Promise<Preflight> {
  authorize(ctx, "replay:preflight");
  const facts = await loadReplayFacts(ctx, ctx.db, runId, request);
  const plan = planReplay(facts, request);
  const verdicts = await evaluateGuards(facts, plan, request);
  return {
    ok: verdicts.every((verdict) => verdict.level !== "block"),
    verdicts,
    plan: {
      targetVersion: plan.targetVersion,
      allowsMutations: plan.calls.some((call) => call.mutating && call.verdict === "live"),
      nodes: plan.nodes,
      calls: plan.calls,
      hosts: toolHosts(facts, plan, await shownVariables(ctx, plan.environment)),
    },
    renamedNodes: await Promise.all(
      plan.renamed.map(async (id) => ({
        id,
        suggestions: await inTurn(ctx.workspace.id, () => suggestions(facts, plan, id)),
      })),
    ),
    forecast: forecast(facts, plan, ctx.clock.now()),
    quota: {
      limit: replayQuota.limit,
      remaining: Math.max(0, replayQuota.limit - facts.quota.used),
      resetMs: facts.quota.resetMs,
    },
    depth: { next: facts.source.depth + 1, limit: replayDepthLimit },
  };
}

/** Who may send calls there sees where an environment's values lead; who only reads sees what the definitions say. */
async function shownVariables(ctx: Ctx, environment: string): Promise<Record<string, string>> {
  return isPermitted(ctx.actor, "replay:submit") ? plainVariables(ctx.db, ctx.workspace.id, environment) : {};
}

/** Likely counterparts, best first; never applied by themselves. */
function suggestions(facts: ReplayFacts, plan: ReplayPlan, id: string) {
  if (plan.targetVersion === null) return [];
  return renameCandidates(id, definitionOf(facts.sourceVersion), definitionOf(facts.targetVersion)).slice(0, 5);
}
