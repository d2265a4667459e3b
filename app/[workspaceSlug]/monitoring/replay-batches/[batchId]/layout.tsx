import type { ReactNode } from "react";
import { knownBatch } from "#/lib/auth/known-ids.ts";

type Props = { params: Promise<{ workspaceSlug: string; batchId: string }>; children: ReactNode };

/** Above the page's skeleton: once it has been sent, the status can no longer become 404. */
export default async function BatchLayout({ params, children }: Props) {
  const { workspaceSlug, batchId } = await params;
  await knownBatch(workspaceSlug, batchId);
  return children;
}
