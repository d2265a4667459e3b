import type { Metadata } from "next";
import { CompareView } from "#/components/compare/compare-view.tsx";
import { orNotFound } from "#/lib/auth/or-not-found.ts";
import { pageContext } from "#/lib/auth/page-context.ts";
import { compareTwoRuns } from "#/lib/traces/compare-runs.ts";

export const metadata: Metadata = { title: "Compare runs" };

type Props = { params: Promise<{ workspaceSlug: string; runId: string; otherId: string }> };

export default async function ComparePage({ params }: Props) {
  const { workspaceSlug, runId, otherId } = await params;
  const ctx = await pageContext(workspaceSlug);
  const comparison = await compareTwoRuns(ctx, runId, otherId).catch(orNotFound);
  return (
    <CompareView
      key={`${comparison.a.id} ${comparison.b.id}`}
      workspaceSlug={ctx.workspace.slug}
      initial={comparison}
    />
  );
}
