import type { Metadata } from "next";
import type { SearchParams } from "#/components/shell/list-pages.ts";
import { NoPermission } from "#/components/ui/no-permission.tsx";
import { parseEnvironment } from "#/components/variables/variable-query.ts";
import { VariablesPage } from "#/components/variables/variables-page.tsx";
import { pageContext } from "#/lib/auth/page-context.ts";
import { getEnvironment } from "#/lib/tenancy/environments.ts";
import { listEnvironments } from "#/lib/tenancy/list-environments.ts";
import { denialOf } from "#/lib/tenancy/permissions.ts";
import { listVariables } from "#/lib/tenancy/variables.ts";
import { removeVariableAction, setDefaultTtlAction, setVariableAction } from "./actions.ts";

export const metadata: Metadata = { title: "Variables" };

type Props = { params: Promise<{ workspaceSlug: string }>; searchParams: Promise<SearchParams> };

export default async function Variables({ params, searchParams }: Props) {
  const ctx = await pageContext((await params).workspaceSlug);
  const denied = denialOf(ctx.actor, "variable:read");
  if (denied) return <NoPermission title="Variables" because={denied} />;
  const environments = await listEnvironments(ctx);
  const name = parseEnvironment(await searchParams, environments);
  const [view, settings] = await Promise.all([listVariables(ctx, name), getEnvironment(ctx, name)]);
  return (
    <VariablesPage
      workspaceSlug={ctx.workspace.slug}
      environments={environments}
      view={view}
      settings={settings}
      denied={denialOf(ctx.actor, "variable:write")}
      actions={{ set: setVariableAction, remove: removeVariableAction, setDefaultTtl: setDefaultTtlAction }}
    />
  );
}
