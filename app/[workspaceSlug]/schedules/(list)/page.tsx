import type { Metadata } from "next";
import { SchedulesList } from "#/components/schedules/schedules-list.tsx";
import { pageLinks, readPage, type SearchParams, startOf } from "#/components/shell/list-pages.ts";
import { mostRows } from "#/components/ui/not-listed.tsx";
import { pageContext } from "#/lib/auth/page-context.ts";
import { listSchedules } from "#/lib/schedules/list-schedules.ts";
import { environmentNames } from "#/lib/tenancy/list-environments.ts";
import { denialOf } from "#/lib/tenancy/permissions.ts";
import { listWorkflows } from "#/lib/workflows/list-workflows.ts";
import { changeScheduleAction, createScheduleAction, samplePayloadAction } from "../actions.ts";

export const metadata: Metadata = { title: "Schedules" };

type Props = { params: Promise<{ workspaceSlug: string }>; searchParams: Promise<SearchParams> };

export default async function SchedulesPage({ params, searchParams }: Props) {
  const ctx = await pageContext((await params).workspaceSlug);
  const page = readPage(await searchParams);
  const [{ data, next }, workflows, environments] = await Promise.all([
    listSchedules(ctx, { limit: 50, after: startOf(page) }),
    listWorkflows(ctx),
    environmentNames(ctx),
  ]);
  return (
    <SchedulesList
      workspaceSlug={ctx.workspace.slug}
      schedules={data.map(({ payload: _, ...schedule }) => schedule)}
      links={pageLinks(`/${ctx.workspace.slug}/schedules`, new URLSearchParams(), page, next)}
      workflows={workflows.slice(0, mostRows).map(({ slug }) => slug)}
      environments={environments.slice(0, mostRows)}
      denied={denialOf(ctx.actor, "schedule:write")}
      actions={{ create: createScheduleAction, change: changeScheduleAction, sample: samplePayloadAction }}
    />
  );
}
