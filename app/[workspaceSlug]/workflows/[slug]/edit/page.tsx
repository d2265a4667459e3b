import type { Metadata } from "next";
import type { SearchParams } from "#/components/shell/list-pages.ts";
import { NoPermission } from "#/components/ui/no-permission.tsx";
import { DefinitionEditor } from "#/components/workflows/definition-editor.tsx";
import { chooseVersions } from "#/components/workflows/workflow-query.ts";
import { parseEditQuery } from "#/components/workflows/edit-query.ts";
import { orNotFound } from "#/lib/auth/or-not-found.ts";
import { pageContext } from "#/lib/auth/page-context.ts";
import { getRun } from "#/lib/runs/get-run.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { denialOf } from "#/lib/tenancy/permissions.ts";
import { writeDefinition } from "#/lib/workflows/bounded-definition.ts";
import { definitionSchema } from "#/lib/workflows/definition-schema.ts";
import { getVersion, listVersions } from "#/lib/workflows/get-version.ts";
import { pushVersionAction } from "../../actions.ts";
import { workspaceNames } from "./workspace-names.ts";

type Props = { params: Promise<{ workspaceSlug: string; slug: string }>; searchParams: Promise<SearchParams> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Edit ${(await params).slug}` };
}

export default async function EditWorkflowPage({ params, searchParams }: Props) {
  const { workspaceSlug, slug } = await params;
  const ctx = await pageContext(workspaceSlug);
  const denied = denialOf(ctx.actor, "workflow:write");
  if (denied) return <NoPermission title={`Edit ${slug}`} because={denied} />;
  const query = parseEditQuery(await searchParams);
  const versions = (await listVersions(ctx, slug).catch(orNotFound)).map(({ version }) => version);
  const chosen = chooseVersions({ version: query.version, from: null }, versions);
  const [version, names, run] = await Promise.all([
    chosen ? getVersion(ctx, slug, chosen.shown).catch(orNotFound) : null,
    workspaceNames(ctx),
    query.run === null ? null : failedRun(ctx, slug, query.run),
  ]);
  return (
    <DefinitionEditor
      key={`${slug} ${chosen?.shown}`}
      workspaceSlug={ctx.workspace.slug}
      slug={slug}
      base={
        version && {
          version: version.version,
          text: await writeDefinition(ctx.workspace.id, version.definition),
        }
      }
      missing={chosen?.missing ?? null}
      latest={versions[0] ?? null}
      schema={definitionSchema()}
      names={names}
      run={run && { id: run.id, error: run.error, nodeId: query.node, fromNodeId: query.from }}
      push={pushVersionAction}
    />
  );
}

/** The run from which the person came; null for one that is not this workflow's. */
async function failedRun(ctx: Ctx, slug: string, runId: string) {
  const run = await getRun(ctx, runId).catch(() => null);
  return run?.workflow.slug === slug ? run : null;
}
