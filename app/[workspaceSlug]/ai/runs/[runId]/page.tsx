import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { TraceViewer } from "#/components/trace/trace-viewer.tsx";
import { pageContext } from "#/lib/auth/page-context.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { getRun } from "#/lib/runs/get-run.ts";
import { denialOf } from "#/lib/tenancy/permissions.ts";
import { cancelRunAction } from "../../../monitoring/actions.ts";
import { preflightReplayAction, submitReplayAction } from "./actions.ts";

type Props = { params: Promise<{ workspaceSlug: string; runId: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Trace ${(await params).runId}` };
}

export default async function TracePage({ params }: Props) {
  const { workspaceSlug, runId } = await params;
  const ctx = await pageContext(workspaceSlug);
  const run = await getRun(ctx, runId).catch((error: unknown) => {
    if (error instanceof DomainError && error.code === "not_found") notFound();
    throw error;
  });
  return (
    <TraceViewer
      key={run.id}
      workspaceSlug={ctx.workspace.slug}
      initial={run}
      actions={{ submit: submitReplayAction, preflight: preflightReplayAction, cancel: cancelRunAction }}
      replayDenied={denialOf(ctx.actor, "replay:submit")}
      controlDenied={denialOf(ctx.actor, "run:control")}
    />
  );
}
