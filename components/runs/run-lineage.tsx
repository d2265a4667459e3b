import { Link } from "#/components/ui/link.tsx";
import { shortId } from "#/components/ui/format.ts";
import type { Run } from "#/lib/contract/run.ts";
import { tracePath } from "./run-links.ts";

/** A replay's depth below the first run of its chain, and the run it was made from if that is another. */
export function RunLineage({
  run,
  workspaceSlug,
}: {
  run: Pick<Run, "depth" | "rootRun"> & { replayOf: string };
  workspaceSlug: string;
}) {
  return (
    <span>
      replay {run.depth} of <RunLink id={run.rootRun} workspaceSlug={workspaceSlug} />
      {run.replayOf === run.rootRun ? null : (
        <>
          , made from <RunLink id={run.replayOf} workspaceSlug={workspaceSlug} />
        </>
      )}
    </span>
  );
}

function RunLink({ id, workspaceSlug }: { id: string; workspaceSlug: string }) {
  return (
    <Link
      href={tracePath(workspaceSlug, id)}
      title={id}
      className="rounded-sm font-mono text-sm text-accent underline underline-offset-2 hover:text-accent-hover"
    >
      {shortId(id)}
    </Link>
  );
}
