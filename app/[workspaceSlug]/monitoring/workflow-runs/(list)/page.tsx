import type { Metadata } from "next";
import { RunsBoard } from "#/components/batches/runs-board.tsx";
import {
  decodeCursor,
  parseRunListQuery,
  runFilterOf,
  runsPerPage,
  type SearchParams,
} from "#/components/runs/run-list-query.ts";
import { pageContext } from "#/lib/auth/page-context.ts";
import { countMatchingRuns, listRuns } from "#/lib/runs/list-runs.ts";
import { environmentNames } from "#/lib/tenancy/list-environments.ts";
import { denialOf } from "#/lib/tenancy/permissions.ts";
import { listWorkflows } from "#/lib/workflows/list-workflows.ts";
import { preflightReplayAction, saveNodeMappingAction } from "../../../ai/runs/[runId]/(trace)/actions.ts";
import { cancelRunAction, cancelRunsAction, createBatchAction, rescheduleRunAction } from "../../actions.ts";

export const metadata: Metadata = { title: "Runs" };

type Props = { params: Promise<{ workspaceSlug: string }>; searchParams: Promise<SearchParams> };

export default async function RunsPage({ params, searchParams }: Props) {
  const ctx = await pageContext((await params).workspaceSlug);
  const query = parseRunListQuery(await searchParams);
  const readAt = ctx.clock.now().getTime();
  const filter = runFilterOf(query, readAt);
  const [page, workflows, environments] = await Promise.all([
    listRuns(ctx, { filter, limit: runsPerPage, after: query.cursor ? decodeCursor(query.cursor) : null }),
    listWorkflows(ctx),
    environmentNames(ctx),
  ]);
  return (
    <>
      <h1 className="sr-only">Runs</h1>
      <RunsBoard
        workspaceSlug={ctx.workspace.slug}
        query={query}
        runs={page.data}
        hasMore={page.next !== null}
        readAt={readAt}
        workflows={workflows.map(({ slug, name }) => ({ slug, name }))}
        environments={environments}
        replayDenied={denialOf(ctx.actor, "replay:submit")}
        controlDenied={denialOf(ctx.actor, "run:control")}
        cancel={cancelRunAction}
        reschedule={rescheduleRunAction}
        cancelMany={cancelRunsAction}
        batch={{ create: createBatchAction, preflight: preflightReplayAction, saveMapping: saveNodeMappingAction }}
        count={countMatchingRuns(ctx, filter)}
      />
    </>
  );
}
