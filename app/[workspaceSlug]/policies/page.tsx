import type { Metadata } from "next";
import { PoliciesPage } from "#/components/policies/policies-page.tsx";
import { pageContext } from "#/lib/auth/page-context.ts";
import { listModels } from "#/lib/models/list-models.ts";
import { getPolicy } from "#/lib/policies/get-policy.ts";
import { denialOf } from "#/lib/tenancy/permissions.ts";
import { putAccountPolicyAction, putWorkspacePolicyAction } from "./actions.ts";

export const metadata: Metadata = { title: "Policies" };

export default async function Policies({ params }: { params: Promise<{ workspaceSlug: string }> }) {
  const ctx = await pageContext((await params).workspaceSlug);
  const [policy, models] = await Promise.all([getPolicy(ctx), listModels(ctx)]);
  return (
    <PoliciesPage
      policy={policy}
      known={{
        models: models.map((model) => model.ref),
        providers: [...new Set(models.map((model) => model.provider))],
      }}
      denied={{
        workspace: denialOf(ctx.actor, "policy:write"),
        account: denialOf(ctx.actor, "account_policy:write"),
      }}
      actions={{ workspace: putWorkspacePolicyAction, account: putAccountPolicyAction }}
    />
  );
}
