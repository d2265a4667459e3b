import type { PolicyValues } from "#/lib/contract/policy.ts";

export type MutationDecision = { allowed: boolean; because: string };

/**
 * May a node's mutating tool calls really be made in a replay? `node` is the node's own
 * policies.replay.allowMutations, null or undefined when it has none. Account or workspace `false` ends it; else the
 * node's own value; else the workspace's; else no. Pure; asked last before the call leaves, for every path.
 */
export function decideMutation(levels: {
  account: PolicyValues;
  workspace: PolicyValues;
  node: boolean | null | undefined;
}): MutationDecision {
  const workspace = levels.workspace.replay.allowMutations;
  if (levels.account.replay.allowMutations === false) return no("the account's policy forbids mutations in replays");
  if (workspace === false) return no("the workspace's policy forbids mutations in replays");
  if (levels.node === true) return yes("the node sets policies.replay.allowMutations: true");
  if (levels.node === false) return no("the node sets policies.replay.allowMutations: false");
  if (workspace === true) return yes("the workspace's policy allows mutations in replays");
  return no("mutations in replays are off by default");
}

function yes(because: string): MutationDecision {
  return { allowed: true, because };
}

function no(because: string): MutationDecision {
  return { allowed: false, because };
}
