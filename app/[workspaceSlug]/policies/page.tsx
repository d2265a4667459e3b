import type { Metadata } from "next";
import { PoliciesPage } from "#/components/policies/policies-page.tsx";
import { pageContext } from "#/lib/auth/page-context.ts";
import { listModels } from "#/lib/models/list-models.ts";
import { getPolicy } from "#/lib/policies/get-policy.ts";
import { listMutationGrants } from "#/lib/policies/list-mutation-grants.ts";
import { memberOf } from "#/lib/tenancy/ctx.ts";
import { denialOf } from "#/lib/tenancy/permissions.ts";
import { getWorkspaceSettings } from "#/lib/tenancy/workspace-settings.ts";
import { listWorkflows } from "#/lib/workflows/list-workflows.ts";
import {
  approveGrantAction,
  grantMutationsAction,
  putAccountPolicyAction,
  putBatchPaceAction,
  putRetentionAction,
  putWorkspacePolicyAction,
  revokeGrantAction,
} from "./actions.ts";

export const metadata: Metadata = { title: "Policies" };

export default async function Policies({ params }: { params: Promise<{ workspaceSlug: string }> }) {
  const ctx = await pageContext((await params).workspaceSlug);
  const [policy, models, grants, workflows, settings] = await Promise.all([
    getPolicy(ctx),
    listModels(ctx),
    listMutationGrants(ctx, { limit: 50, after: null }),
    listWorkflows(ctx),
    getWorkspaceSettings(ctx),
  ]);
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
      retention={{
        days: settings.retentionDays,
        denied: denialOf(ctx.actor, "workspace:write"),
        put: putRetentionAction,
      }}
      batchPace={{
        pace: settings.batchPace,
        denied: denialOf(ctx.actor, "workspace:write"),
        put: putBatchPaceAction,
      }}
      grants={{
        workspaceSlug: ctx.workspace.slug,
        grants: grants.data,
        hasMore: grants.next !== null,
        workflows: workflows.flatMap(({ slug, name, latestVersion }) =>
          latestVersion === null ? [] : [{ slug, name, version: latestVersion }],
        ),
        denied: denialOf(ctx.actor, "grant:write"),
        personId: memberOf(ctx.actor),
        actions: { create: grantMutationsAction, approve: approveGrantAction, revoke: revokeGrantAction },
      }}
    />
  );
}
