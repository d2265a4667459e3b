import type { DbHandle } from "#/db/client.ts";
import { selectNodeGrants } from "./grant-store.ts";
import { loadPolicies } from "./load-policies.ts";
import { decideMutation, type MutationDecision } from "./mutation-policy.ts";

/**
 * The decision for a call that is about to leave, by the database's state and clock at this moment.
 * `nodeAllows` is the node's own policies.replay.allowMutations. The caller has been authorised.
 */
export async function decideMutationNow(
  db: DbHandle,
  workspace: { id: string; accountId: string },
  call: { workflowId: string; nodeId: string; nodeAllows: boolean | undefined },
): Promise<MutationDecision> {
  const [policies, grants] = await Promise.all([loadPolicies(db, workspace), selectNodeGrants(db, workspace.id, call)]);
  return decideMutation({ ...policies, node: call.nodeAllows, grants });
}
