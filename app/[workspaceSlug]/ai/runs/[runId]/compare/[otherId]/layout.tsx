import type { ReactNode } from "react";
import { knownRun } from "#/lib/auth/known-ids.ts";

type Props = { params: Promise<{ workspaceSlug: string; otherId: string }>; children: ReactNode };

/** Above the page's skeletons: once one has been sent, the status can no longer become 404. */
export default async function OtherRunLayout({ params, children }: Props) {
  const { workspaceSlug, otherId } = await params;
  await knownRun(workspaceSlug, otherId);
  return children;
}
