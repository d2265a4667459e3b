import type { Metadata } from "next";
import type { SearchParams } from "#/components/shell/list-pages.ts";
import { samplePayload } from "#/components/workflows/sample-payload.ts";
import { WorkflowDetail } from "#/components/workflows/workflow-detail.tsx";
import { chooseVersions, parseWorkflowQuery } from "#/components/workflows/workflow-query.ts";
import { orNotFound } from "#/lib/auth/or-not-found.ts";
import { pageContext } from "#/lib/auth/page-context.ts";
import { actorNames } from "#/lib/tenancy/actor-names.ts";
import { denialOf } from "#/lib/tenancy/permissions.ts";
import { writeDefinition } from "#/lib/workflows/bounded-definition.ts";
import { storedDefinition } from "#/lib/workflows/stored-definition.ts";
import { getVersion, listVersions } from "#/lib/workflows/get-version.ts";
import { getWorkflow } from "#/lib/workflows/list-workflows.ts";
import { versionTools } from "#/lib/workflows/version-tools.ts";
import { deleteVersionAction, pauseWorkflowAction, triggerRunAction, unpauseWorkflowAction } from "../../actions.ts";

type Props = { params: Promise<{ workspaceSlug: string; slug: string }>; searchParams: Promise<SearchParams> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await params).slug };
}

export default async function WorkflowPage({ params, searchParams }: Props) {
  const { workspaceSlug, slug } = await params;
  const ctx = await pageContext(workspaceSlug);
  const query = parseWorkflowQuery(await searchParams);
  const [workflow, versions] = await Promise.all([getWorkflow(ctx, slug), listVersions(ctx, slug)]).catch(orNotFound);
  const chosen = chooseVersions(
    query,
    versions.map((each) => each.version),
  );
  const wantsFrom = query.view === "difference" && chosen?.from != null;
  const [version, from, names] = await Promise.all([
    chosen ? getVersion(ctx, slug, chosen.shown).catch(orNotFound) : null,
    wantsFrom ? getVersion(ctx, slug, chosen.from ?? 0).catch(orNotFound) : null,
    actorNames(ctx, [workflow.paused?.by ?? null, ...versions.map((each) => each.createdBy)]),
  ]);
  const showsText = query.view === "definition" || query.view === "difference";
  const textOf = async (shown: typeof version) =>
    shown && showsText ? writeDefinition(ctx.workspace.id, shown.definition) : null;
  const texts = { version: await textOf(version), from: await textOf(from) };
  const tools = version ? await versionTools(ctx, storedDefinition(version.definition)) : [];
  return (
    <WorkflowDetail
      workspaceSlug={ctx.workspace.slug}
      workflow={workflow}
      versions={versions}
      query={query}
      missing={chosen?.missing ?? null}
      version={version}
      from={from}
      texts={texts}
      tools={tools}
      names={names}
      samplePayload={version ? samplePayload(version.definition) : "{}"}
      denied={{
        trigger: denialOf(ctx.actor, "run:trigger"),
        pause: denialOf(ctx.actor, "workflow:pause"),
        write: denialOf(ctx.actor, "workflow:write"),
      }}
      actions={{
        trigger: triggerRunAction,
        pause: pauseWorkflowAction,
        unpause: unpauseWorkflowAction,
        deleteVersion: deleteVersionAction,
      }}
    />
  );
}
