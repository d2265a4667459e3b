import type { Transaction } from "#/db/client.ts";
import { inTransaction } from "#/db/transaction.ts";
import type { PolicyValues, PolicyView, PutPolicyRequest } from "#/lib/contract/policy.ts";
import { textFault } from "#/lib/contract/text.ts";
import { invalidField } from "#/lib/core/errors.ts";
import { recordAudit, type AuditAction } from "#/lib/tenancy/audit.ts";
import { actorId, type Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { effectivePolicy } from "./effective-policy.ts";
import { loadPolicies } from "./load-policies.ts";
import { upsertAccountPolicy, upsertWorkspacePolicy } from "./store.ts";

/** Replaces the workspace's policy; absent = unset. Applies from the next call of every run. */
export async function putWorkspacePolicy(ctx: Ctx, request: PutPolicyRequest): Promise<PolicyView> {
  authorize(ctx, "policy:write");
  return put(ctx, request, { action: "policy.changed", target: ctx.workspace.id, level: "workspace" }, (tx, values) =>
    upsertWorkspacePolicy(tx, ctx.workspace.id, values, actorId(ctx.actor)),
  );
}

/** The same for the account, in force in all its workspaces. */
export async function putAccountPolicy(ctx: Ctx, request: PutPolicyRequest): Promise<PolicyView> {
  authorize(ctx, "account_policy:write");
  const { accountId } = ctx.workspace;
  return put(ctx, request, { action: "account_policy.changed", target: accountId, level: "account" }, (tx, values) =>
    upsertAccountPolicy(tx, accountId, values, actorId(ctx.actor)),
  );
}

function put(
  ctx: Ctx,
  request: PutPolicyRequest,
  change: { action: AuditAction; target: string; level: "account" | "workspace" },
  write: (tx: Transaction, values: PolicyValues) => Promise<void>,
): Promise<PolicyView> {
  const values = policyValues(request);
  return inTransaction(ctx.db, async (tx) => {
    const before = (await loadPolicies(tx, ctx.workspace))[change.level];
    await write(tx, values);
    await recordAudit(ctx, tx, { action: change.action, target: change.target, details: { before, after: values } });
    const { account, workspace } = await loadPolicies(tx, ctx.workspace);
    return { effective: effectivePolicy({ account, workspace }), workspace, account };
  });
}

/** Lists keep their entries byte for byte, without duplicates. */
function policyValues(request: PutPolicyRequest): PolicyValues {
  return {
    allowedModels: entries(request.allowedModels, "body.allowedModels"),
    allowedProviders: entries(request.allowedProviders, "body.allowedProviders"),
    replay: { allowMutations: request.replay?.allowMutations ?? null },
  };
}

function entries(list: string[] | null | undefined, path: string): string[] | null {
  if (list === null || list === undefined) return null;
  list.forEach((entry, index) => {
    const fault = textFault(entry);
    if (fault) throw invalidField(`${path}[${index}]`, fault);
  });
  return [...new Set(list)];
}
