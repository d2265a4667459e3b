import type { Metadata } from "next";
import { ActorNames } from "#/components/shell/actor-names.tsx";
import { RunMonitoring } from "#/components/runs/run-monitoring.tsx";
import { orNotFound } from "#/lib/auth/or-not-found.ts";
import { pageContext } from "#/lib/auth/page-context.ts";
import { getRun } from "#/lib/runs/get-run.ts";
import { actorNames } from "#/lib/tenancy/actor-names.ts";
import { denialOf } from "#/lib/tenancy/permissions.ts";
import {
  cancelRunAction,
  decideApprovalAction,
  pauseRunAction,
  rescheduleRunAction,
  resumeRunAction,
} from "../../actions.ts";

export const metadata: Metadata = { title: "Monitoring detail" };

type Props = { params: Promise<{ workspaceSlug: string; runId: string }> };

export default async function RunMonitoringPage({ params }: Props) {
  const { workspaceSlug, runId } = await params;
  const ctx = await pageContext(workspaceSlug);
  const run = await getRun(ctx, runId).catch(orNotFound);
  return (
    <ActorNames names={await actorNames(ctx, [run.trigger.actor])}>
      <RunMonitoring
        key={run.id}
        workspaceSlug={ctx.workspace.slug}
        initial={run}
        readAt={ctx.clock.now().getTime()}
        actions={{
          pause: pauseRunAction,
          resume: resumeRunAction,
          cancel: cancelRunAction,
          reschedule: rescheduleRunAction,
          decide: decideApprovalAction,
        }}
        controlDenied={denialOf(ctx.actor, "run:control")}
      />
    </ActorNames>
  );
}
