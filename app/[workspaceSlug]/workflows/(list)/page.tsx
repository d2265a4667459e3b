import type { Metadata } from "next";
import { WorkflowsTable } from "#/components/workflows/workflows-table.tsx";
import { pageContext } from "#/lib/auth/page-context.ts";
import { listWorkflows } from "#/lib/workflows/list-workflows.ts";

export const metadata: Metadata = { title: "Workflows" };

export default async function WorkflowsPage({ params }: { params: Promise<{ workspaceSlug: string }> }) {
  const ctx = await pageContext((await params).workspaceSlug);
  return <WorkflowsTable workspaceSlug={ctx.workspace.slug} workflows={await listWorkflows(ctx)} />;
}
