import type { Metadata } from "next";
import type { SearchParams } from "#/components/shell/list-pages.ts";
import { NoPermission } from "#/components/ui/no-permission.tsx";
import { parseEnvironment } from "#/components/variables/variable-query.ts";
import { VariablesPage } from "#/components/variables/variables-page.tsx";
import { pageContext } from "#/lib/auth/page-context.ts";
import { listEnvironments } from "#/lib/tenancy/list-environments.ts";
import { denialOf } from "#/lib/tenancy/permissions.ts";
import { listVariables } from "#/lib/tenancy/variables.ts";
import { removeVariableAction, setVariableAction } from "./actions.ts";

export const metadata: Metadata = { title: "Variables" };

type Props = { params: Promise<{ workspaceSlug: string }>; searchParams: Promise<SearchParams> };

export default async function Variables({ params, searchParams }: Props) {
  const ctx = await pageContext((await params).workspaceSlug);
  const denied = denialOf(ctx.actor, "variable:read");
  if (denied) return <NoPermission title="Variables" because={denied} />;
  const environments = await listEnvironments(ctx);
  return (
    <VariablesPage
      workspaceSlug={ctx.workspace.slug}
      environments={environments}
      view={await listVariables(ctx, parseEnvironment(await searchParams, environments))}
      actions={{ set: setVariableAction, remove: removeVariableAction }}
    />
  );
}
