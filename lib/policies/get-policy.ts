import type { PolicyView } from "#/lib/contract/policy.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { effectivePolicy } from "./effective-policy.ts";
import { loadPolicies } from "./load-policies.ts";

/** Both levels as they are set, and the effective values with their origin. */
export async function getPolicy(ctx: Ctx): Promise<PolicyView> {
  authorize(ctx, "policy:read");
  const { account, workspace } = await loadPolicies(ctx.db, ctx.workspace);
  return { effective: effectivePolicy({ account, workspace }), workspace, account };
}
