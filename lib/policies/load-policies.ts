import type { DbHandle } from "#/db/client.ts";
import type { PolicyValues } from "#/lib/contract/policy.ts";
import { selectAccountPolicy, selectWorkspacePolicy } from "./store.ts";

/** What both levels say now. `revision` grows with every change of either. */
export type Policies = { account: PolicyValues; workspace: PolicyValues; revision: number };

/** Reads both levels; the caller has been authorised. Read again before every call that a policy may forbid. */
export async function loadPolicies(db: DbHandle, workspace: { id: string; accountId: string }): Promise<Policies> {
  const [ofAccount, ofWorkspace] = await Promise.all([
    selectAccountPolicy(db, workspace.accountId),
    selectWorkspacePolicy(db, workspace.id),
  ]);
  const revision = ofAccount.revision + ofWorkspace.revision;
  return { account: ofAccount.values, workspace: ofWorkspace.values, revision };
}
