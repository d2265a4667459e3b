import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { RunMonitoring } from "#/components/runs/run-monitoring.tsx";
import { pageContext } from "#/lib/auth/page-context.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { getRun } from "#/lib/runs/get-run.ts";
import { denialOf } from "#/lib/tenancy/permissions.ts";
import { cancelRunAction, decideApprovalAction, pauseRunAction, resumeRunAction } from "../../actions.ts";

export const metadata: Metadata = { title: "Monitoring detail" };

type Props = { params: Promise<{ workspaceSlug: string; runId: string }> };

export default async function RunMonitoringPage({ params }: Props) {
  const { workspaceSlug, runId } = await params;
  const ctx = await pageContext(workspaceSlug);
  const run = await getRun(ctx, runId).catch((error: unknown) => {
    if (error instanceof DomainError && error.code === "not_found") notFound();
    throw error;
  });
  return (
    <RunMonitoring
      key={run.id}
      workspaceSlug={ctx.workspace.slug}
      initial={run}
      actions={{
        pause: pauseRunAction,
        resume: resumeRunAction,
        cancel: cancelRunAction,
        decide: decideApprovalAction,
      }}
      controlDenied={denialOf(ctx.actor, "run:control")}
    />
  );
}
