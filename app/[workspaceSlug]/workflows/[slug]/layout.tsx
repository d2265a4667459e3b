import type { ReactNode } from "react";
import { knownWorkflow } from "#/lib/auth/known-ids.ts";

type Props = { params: Promise<{ workspaceSlug: string; slug: string }>; children: ReactNode };

/** Above the page's skeletons: once one has been sent, the status can no longer become 404. */
export default async function WorkflowLayout({ params, children }: Props) {
  const { workspaceSlug, slug } = await params;
  await knownWorkflow(workspaceSlug, slug);
  return children;
}
