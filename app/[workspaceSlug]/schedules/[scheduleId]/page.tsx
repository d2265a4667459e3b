import type { Metadata } from "next";
import { ScheduleDetail } from "#/components/schedules/schedule-detail.tsx";
import { mostRows } from "#/components/ui/not-listed.tsx";
import { orNotFound } from "#/lib/auth/or-not-found.ts";
import { pageContext } from "#/lib/auth/page-context.ts";
import { getSchedule } from "#/lib/schedules/list-schedules.ts";
import { actorNames } from "#/lib/tenancy/actor-names.ts";
import { environmentNames } from "#/lib/tenancy/list-environments.ts";
import { denialOf } from "#/lib/tenancy/permissions.ts";
import { changeScheduleAction, deleteScheduleAction } from "../actions.ts";

type Props = { params: Promise<{ workspaceSlug: string; scheduleId: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Schedule ${(await params).scheduleId}` };
}

export default async function SchedulePage({ params }: Props) {
  const { workspaceSlug, scheduleId } = await params;
  const ctx = await pageContext(workspaceSlug);
  const schedule = await getSchedule(ctx, scheduleId).catch(orNotFound);
  const [names, environments] = await Promise.all([actorNames(ctx, [schedule.author]), environmentNames(ctx)]);
  return (
    <ScheduleDetail
      workspaceSlug={ctx.workspace.slug}
      schedule={schedule}
      names={names}
      environments={environments.slice(0, mostRows)}
      denied={denialOf(ctx.actor, "schedule:write")}
      actions={{ change: changeScheduleAction, remove: deleteScheduleAction }}
    />
  );
}
