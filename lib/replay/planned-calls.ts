import type { GrantRef } from "#/lib/contract/mutation-grant.ts";
import { Budget } from "#/lib/expressions/cel-fault.ts";
import { grantRef, grantsOfNode } from "#/lib/policies/mutation-grant.ts";
import { decideMutation } from "#/lib/policies/mutation-policy.ts";
import { decideEffect } from "#/lib/runs/effect-gate.ts";
import { mappedNodeId, noOverrides, type RunOverrides } from "#/lib/runs/overrides.ts";
import type { CallRecord } from "#/lib/runs/recorded-calls.ts";
import { judgeMutability } from "#/lib/tools/mutability.ts";
import { factsOfSource, sourceLabel, toolOf } from "#/lib/tools/tool-source.ts";
import type { WorkflowDefinition } from "#/lib/workflows/definition.ts";
import { toolCalls } from "#/lib/workflows/tool-calls.ts";
import type { ReplayFacts } from "./facts.ts";
import { filledRequest, longestTemplates, onlyEnvironment, type Filling, type KnownValues } from "./filled-request.ts";
import { definitionOf } from "./node-map.ts";

export type PlannedCall = {
  nodeId: string;
  /** Name of the tool and what it calls: `refund (POST https://shop.example/refunds)`. */
  tool: string;
  mutating: boolean;
  why: string;
  verdict: "live" | "dry_run";
  /** The mutation grant that a live call rests on. */
  grant: GrantRef | null;
  /** How many recorded answers the source run has for this node's calls of this tool. */
  recorded: number;
};

/** What determines the calls of a plan. */
type Planned = { overrides: RunOverrides; reused: ReadonlySet<string> };
type Facts = Pick<ReplayFacts, "policies" | "grants" | "tools">;

/**
 * The tool calls that a replay can make, in its own workflow and in those inside, judged as the gate will judge them.
 * `known` fills the addresses that it can; without it they are shown as written. Pure.
 */
export function plannedCalls(
  facts: Facts & Pick<ReplayFacts, "record" | "source" | "targetVersion" | "inner">,
  { overrides, reused }: Planned,
  known: KnownValues | null = null,
): PlannedCall[] {
  const { record, source, targetVersion, inner } = facts;
  // All addresses together may cost no more than the templates of one step.
  const fill = known && { known, within: { steps: new Budget(), characters: longestTemplates } };
  const own = { workflowId: source.workflowId, definition: definitionOf(targetVersion), record };
  return [
    ...callsIn(facts, own, { overrides, reused }, fill),
    ...inner
      .filter(({ hostId }) => !reused.has(hostId))
      .flatMap((workflow) =>
        callsIn(
          facts,
          workflow,
          { overrides: noOverrides, reused: workflow.reused },
          fill && { ...fill, known: onlyEnvironment(fill.known.env) },
        ).map((call) => ({
          ...call,
          nodeId: `${workflow.path}/${call.nodeId}`,
        })),
      ),
  ];
}

/** `record`: the calls of the runs that this workflow repeats. */
function callsIn(
  facts: Facts,
  workflow: { workflowId: string; definition: WorkflowDefinition; record: readonly CallRecord[] },
  { overrides, reused }: Planned,
  fill: { known: KnownValues; within: Filling } | null,
): PlannedCall[] {
  const recorded = recordedCounts(workflow.record, overrides);
  return toolCalls(workflow.definition)
    .filter((call) => !reused.has(call.nodeId))
    .map((call) => {
      const tool = toolOf(call.source, facts.tools);
      const judged = judgeMutability(factsOfSource(call.source, tool, call.mutating));
      const permission = decideMutation({
        ...facts.policies,
        node: call.nodeAllowsMutations,
        grants: grantsOfNode(facts.grants, { workflowId: workflow.workflowId, nodeId: call.nodeId }),
      });
      const { send } = decideEffect({
        isReplay: true,
        mutating: judged.mutating,
        mutationAllowed: permission.allowed,
        recorded: null,
      });
      const request = (fill && filledRequest(call, tool, fill.known, fill.within)) ?? sourceLabel(call.source, tool);
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
