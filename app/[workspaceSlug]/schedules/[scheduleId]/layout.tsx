import type { ReactNode } from "react";
import { knownSchedule } from "#/lib/auth/known-ids.ts";

type Props = { params: Promise<{ workspaceSlug: string; scheduleId: string }>; children: ReactNode };

/** Above the page's skeleton: once it has been sent, the status can no longer become 404. */
export default async function ScheduleLayout({ params, children }: Props) {
  const { workspaceSlug, scheduleId } = await params;
  await knownSchedule(workspaceSlug, scheduleId);
  return children;
}
