import type { CreateMutationGrantRequest, MutationGrantView } from "#/lib/contract/mutation-grant.ts";
import type { FieldError } from "#/lib/contract/problem.ts";
import { DomainError, notFound } from "#/lib/core/errors.ts";
import { createMutationGrant } from "#/lib/policies/create-mutation-grant.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { toolCalls, type StaticToolCall } from "#/lib/workflows/tool-calls.ts";
import { definitionsNewestFirst, findWorkflow } from "#/lib/workflows/version-store.ts";
import { definitionOf } from "./node-map.ts";

type NodeCalls = Map<string, StaticToolCall[]>;

/**
 * Lets replays make the mutating calls of named nodes for a time. A grant must be able to change something: in the
 * newest version in which a node calls a tool, it must not set `allowMutations: false` itself. Throws `not_found` for
 * the workflow, `validation_failed` naming the node, and what `createMutationGrant` throws.
 */
export async function grantMutations(ctx: Ctx, request: CreateMutationGrantRequest): Promise<MutationGrantView> {
  authorize(ctx, "grant:write");
  const workflow = await findWorkflow(ctx.db, ctx.workspace.id, request.workflow);
  if (!workflow) throw notFound("Workflow");
  const fields = nodeFaults(await callsOfNodes(ctx, workflow.id, request.nodeIds), request.nodeIds);
  if (fields.length > 0)
    throw new DomainError("validation_failed", `${fields[0]?.path} ${fields[0]?.message}`, { fields });
  return createMutationGrant(ctx, workflow, request);
}

/** The calls of each node in the newest version in which it calls a tool; deleted versions do not count. */
async function callsOfNodes(ctx: Ctx, workflowId: string, nodeIds: readonly string[]): Promise<NodeCalls> {
  const found: NodeCalls = new Map();
  const left = new Set(nodeIds);
  for await (const version of definitionsNewestFirst(ctx.db, workflowId)) {
    const calls = toolCalls(definitionOf(version));
    for (const id of left) {
      const own = calls.filter((call) => call.nodeId === id);
      if (own.length > 0) found.set(id, own);
    }
    for (const id of found.keys()) left.delete(id);
    if (left.size === 0) break;
  }
  return found;
}

/** Why these nodes cannot get a grant. Pure. */
function nodeFaults(calls: NodeCalls, nodeIds: readonly string[]): FieldError[] {
  return nodeIds.flatMap((id, index) => {
    const path = `body.nodeIds[${index}]`;
    const own = calls.get(id);
    if (!own) return [{ path, message: "is not a node of this workflow that calls a tool" }];
    if (own.some((call) => call.nodeAllowsMutations === false))
      return [{ path, message: "sets policies.replay.allowMutations: false, which no grant overrides" }];
    return [];
  });
}
