import type { GrantRef } from "#/lib/contract/mutation-grant.ts";
import { grantRef, grantsOfNode } from "#/lib/policies/mutation-grant.ts";
import { decideMutation } from "#/lib/policies/mutation-policy.ts";
import { decideEffect } from "#/lib/runs/effect-gate.ts";
import { mappedNodeId, type RunOverrides } from "#/lib/runs/overrides.ts";
import type { CallRecord } from "#/lib/runs/recorded-calls.ts";
import { judgeMutability } from "#/lib/tools/mutability.ts";
import { factsOfSource, sourceLabel, toolOf } from "#/lib/tools/tool-source.ts";
import type { WorkflowDefinition } from "#/lib/workflows/definition.ts";
import { toolCalls } from "#/lib/workflows/tool-calls.ts";
import type { ReplayFacts } from "./facts.ts";

export type PlannedCall = {
  nodeId: string;
  tool: string;
  mutating: boolean;
  why: string;
  verdict: "live" | "dry_run";
  /** The mutation grant that a live call rests on. */
  grant: GrantRef | null;
  /** How many answers of the source run there are to calls of this node with this tool. */
  recorded: number;
};

/**
 * The tool calls that a replay of this version of a workflow can make, judged as the gate will judge them. `record`: the calls
 * of what it repeats. Pure.
 */
export function plannedCalls(
  facts: Pick<ReplayFacts, "policies" | "grants" | "tools">,
  record: readonly CallRecord[],
  workflowId: string,
  target: WorkflowDefinition,
  reused: ReadonlySet<string>,
  overrides: RunOverrides,
): PlannedCall[] {
  const recorded = recordedCounts(record, overrides);
  return toolCalls(target)
    .filter((call) => !reused.has(call.nodeId))
    .map((call) => {
      const tool = toolOf(call.source, facts.tools);
      const judged = judgeMutability(factsOfSource(call.source, tool, call.mutating));
      const permission = decideMutation({
        ...facts.policies,
        node: call.nodeAllowsMutations,
        grants: grantsOfNode(facts.grants, { workflowId, nodeId: call.nodeId }),
      });
      const { send } = decideEffect({
        isReplay: true,
        mutating: judged.mutating,
        mutationAllowed: permission.allowed,
        recorded: null,
      });
      const request = sourceLabel(call.source, tool);
      return {
        nodeId: call.nodeId,
        tool: call.named ? `${call.tool} (${request})` : request,
        mutating: judged.mutating,
        why: judged.mutating ? `${judged.why}; ${permission.because}` : judged.why,
        verdict: send ? "live" : "dry_run",
        grant: judged.mutating && permission.grant ? grantRef(permission.grant) : null,
        recorded: recorded.get(`${call.nodeId}\n${call.tool}`) ?? 0,
      };
    });
}

/** Calls with an answer, by node (after mapping) and tool. */
function recordedCounts(record: readonly CallRecord[], overrides: RunOverrides): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { nodeId, tool } of record.filter(({ answer }) => answer !== null)) {
    const key = `${mappedNodeId(nodeId, overrides)}\n${tool}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}
