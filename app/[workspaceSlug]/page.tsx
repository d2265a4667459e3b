import { redirect } from "next/navigation";
import { pageContext } from "#/lib/auth/page-context.ts";

/** A workspace opens on its runs. */
export default async function WorkspacePage({ params }: { params: Promise<{ workspaceSlug: string }> }) {
  const ctx = await pageContext((await params).workspaceSlug);
  redirect(`/${ctx.workspace.slug}/monitoring/workflow-runs`);
}
