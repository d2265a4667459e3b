import type { ReactNode } from "react";
import { knownRun } from "#/lib/auth/known-ids.ts";

type Props = { params: Promise<{ workspaceSlug: string; runId: string }>; children: ReactNode };

/** Above the pages' skeletons: once one has been sent, the status can no longer become 404. */
export default async function RunLayout({ params, children }: Props) {
  const { workspaceSlug, runId } = await params;
  await knownRun(workspaceSlug, runId);
  return children;
}
