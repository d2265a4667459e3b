import type { Metadata } from "next";
import { ActorNames } from "#/components/shell/actor-names.tsx";
import { TraceViewer } from "#/components/trace/trace-viewer.tsx";
import { orNotFound } from "#/lib/auth/or-not-found.ts";
import { pageContext } from "#/lib/auth/page-context.ts";
import { getRun } from "#/lib/runs/get-run.ts";
import { actorNames } from "#/lib/tenancy/actor-names.ts";
import { environmentNames } from "#/lib/tenancy/list-environments.ts";
import { denialOf } from "#/lib/tenancy/permissions.ts";
import { cancelRunAction, decideApprovalAction, rescheduleRunAction } from "../../../../monitoring/actions.ts";
import { createRevisionAction } from "../../../../prompts/actions.ts";
import { pushVersionAction } from "../../../../workflows/actions.ts";
import { preflightReplayAction, saveNodeMappingAction, submitReplayAction, suggestFixAction } from "./actions.ts";

type Props = { params: Promise<{ workspaceSlug: string; runId: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Trace ${(await params).runId}` };
}

export default async function TracePage({ params }: Props) {
  const { workspaceSlug, runId } = await params;
  const ctx = await pageContext(workspaceSlug);
  const [run, environments] = await Promise.all([getRun(ctx, runId).catch(orNotFound), environmentNames(ctx)]);
  return (
    <ActorNames names={await actorNames(ctx, [run.trigger.actor])}>
      <TraceViewer
        key={run.id}
        workspaceSlug={ctx.workspace.slug}
        initial={run}
        environments={environments}
        actions={{
          submit: submitReplayAction,
          preflight: preflightReplayAction,
          saveMapping: saveNodeMappingAction,
          suggest: suggestFixAction,
          push: pushVersionAction,
          revise: createRevisionAction,
          cancel: cancelRunAction,
          reschedule: rescheduleRunAction,
          decide: decideApprovalAction,
        }}
        replayDenied={denialOf(ctx.actor, "replay:submit")}
        controlDenied={denialOf(ctx.actor, "run:control")}
        suggestDenied={denialOf(ctx.actor, "fix:suggest")}
        editDenied={denialOf(ctx.actor, "workflow:write")}
      />
    </ActorNames>
  );
}
