import { replayDepthLimit, replayQuota, type Preflight, type ReplayRequest } from "#/lib/contract/replay.ts";
import { inTurn } from "#/lib/core/loop-turns.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize, isPermitted } from "#/lib/tenancy/permissions.ts";
import { plainVariables } from "#/lib/tenancy/variables.ts";
import { renameCandidates } from "#/lib/workflows/version-diff.ts";
import type { ReplayFacts } from "./facts.ts";
import { onlyEnvironment, type KnownValues } from "./filled-request.ts";
import { forecast } from "./forecast.ts";
import { previewReplay } from "./preview-replay.ts";
import { loadKnownValues } from "./known-values.ts";
import { definitionOf } from "./node-map.ts";
import { countReused, reusedIn, type ReplayPlan } from "./plan.ts";
import { plannedCalls } from "./planned-calls.ts";
import { toolHosts } from "./tool-hosts.ts";

/**
 * What a submit of this request would run into and do: all verdicts at once, by the same code, without changing
 * anything. Throws `not_found` and `cross_boundary`.
 */
export async function preflightReplay(ctx: Ctx, runId: string, request: ReplayRequest): Promise<Preflight> {
  authorize(ctx, "replay:preflight");
  const { facts, plan, verdicts } = await previewReplay(ctx, runId, request);
  const variables = await shownVariables(ctx, plan.environment);
  // A key may allow replays but not reading runs.
  const known = await (isPermitted(ctx.actor, "run:read")
    ? loadKnownValues(ctx.db, facts, plan, variables)
    : onlyEnvironment(variables));
  return {
    ok: verdicts.every((verdict) => verdict.level !== "block"),
    verdicts,
    plan: {
      targetVersion: plan.targetVersion,
      allowsMutations: plan.calls.some((call) => call.mutating && call.verdict === "live"),
      nodes: plan.nodes,
      reusedSteps: countReused(facts, plan),
      calls: await inTurn(ctx.workspace.id, () =>
        plannedCalls(facts, { overrides: plan.overrides, reused: reusedIn(plan) }, known),
      ),
      hosts: toolHosts(facts, plan, variables.plain),
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

/** Whoever may send calls there sees where an environment's values lead; a reader sees only what the definitions say. */
async function shownVariables(ctx: Ctx, environment: string): Promise<KnownValues["env"]> {
  if (!isPermitted(ctx.actor, "replay:submit")) return { plain: {}, secretNames: [] };
  return plainVariables(ctx.db, ctx.workspace.id, environment);
}

/** Likely counterparts, best first; never applied by themselves. */
function suggestions(facts: ReplayFacts, plan: ReplayPlan, id: string) {
  if (plan.targetVersion === null) return [];
  return renameCandidates(id, definitionOf(facts.sourceVersion), definitionOf(facts.targetVersion)).slice(0, 5);
}
