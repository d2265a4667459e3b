import { and, eq } from "drizzle-orm";
import type { DbHandle } from "#/db/client.ts";
import { runRows } from "#/db/readable/runs.ts";
import { runSkeletons } from "#/db/schema/traces.ts";

/** The stored skeleton of a run of this workspace, if it is as new as `rev`. */
export async function findSkeleton(
  db: DbHandle,
  workspaceId: string,
  runId: string,
  rev: number,
): Promise<Uint8Array | null> {
  const run = runRows("run");
  const [row] = await db
    .select({ gzip: runSkeletons.gzip })
    .from(runSkeletons)
    .innerJoin(run, eq(run.id, runSkeletons.runId))
    .where(and(eq(run.workspaceId, workspaceId), eq(runSkeletons.runId, runId), eq(runSkeletons.rev, rev)));
  return row?.gzip ?? null;
}

/** Stores the skeleton of a finished run; a newer one replaces it. */
export async function storeSkeleton(db: DbHandle, runId: string, rev: number, gzip: Uint8Array): Promise<void> {
  await db
    .insert(runSkeletons)
    .values({ runId, rev, gzip })
    .onConflictDoUpdate({ target: runSkeletons.runId, set: { rev, gzip } });
}
