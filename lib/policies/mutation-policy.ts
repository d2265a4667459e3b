import type { PolicyValues } from "#/lib/contract/policy.ts";
import { activeGrant, withoutEffect, type MutationGrant } from "./mutation-grant.ts";

/** `grant`: the grant that the permission rests on, if any. */
export type MutationDecision = { allowed: boolean; because: string; grant: MutationGrant | null };

/**
 * Decides whether a replay really makes a node's mutating tool calls. `node` is the node's own
 * policies.replay.allowMutations, null or undefined when it has none; `grants` are those that name this node. A `false`
 * of the account or workspace is final. Otherwise the node's own value decides, then the workspace's, then a grant in
 * force at its `at`; without any of these the answer is no. Pure; the last check before a call leaves, on every path.
 */
export function decideMutation(levels: {
  account: PolicyValues;
  workspace: PolicyValues;
  node: boolean | null | undefined;
  grants: readonly MutationGrant[];
}): MutationDecision {
  const workspace = levels.workspace.replay.allowMutations;
  if (levels.account.replay.allowMutations === false) return no("the account's policy forbids mutations in replays");
  if (workspace === false) return no("the workspace's policy forbids mutations in replays");
  if (levels.node === true) return yes("the node sets policies.replay.allowMutations: true");
  if (levels.node === false) return no("the node sets policies.replay.allowMutations: false");
  if (workspace === true) return yes("the workspace's policy allows mutations in replays");
  const grant = activeGrant(levels.grants);
  if (grant) return { allowed: true, because: grantWords(grant), grant };
  const ended = withoutEffect(levels.grants);
  return no(`${ended === null ? "" : `${ended}; `}mutations in replays are off by default`);
}

function grantWords({ id, granter, approver, until }: MutationGrant): string {
  const approved = approver ? `, approved by ${approver.name}` : "";
  return `grant ${id} of ${granter?.name ?? ""}${approved} allows it until ${until.toISOString()}`;
}

function yes(because: string): MutationDecision {
  return { allowed: true, because, grant: null };
}

function no(because: string): MutationDecision {
  return { allowed: false, because, grant: null };
}
