import { and, eq, inArray, sql } from "drizzle-orm";
import { database, type DbHandle } from "#/db/client.ts";
import { runEvents, runs } from "#/db/schema/runs.ts";
import { workspaces } from "#/db/schema/tenancy.ts";
import { sourcesOf } from "./lifecycle.ts";
import type { RunRow } from "./run-store.ts";

export type WorkspaceRow = typeof workspaces.$inferSelect;

/**
 * Takes a run for `owner`: from now on only writes with this token count. Null when there is nothing to do: the run is
 * final, waits, or lost its slot. The counter goes on behind everything that an earlier holder committed.
 */
export async function claimRun(runId: string, owner: string): Promise<{ run: RunRow; workspace: WorkspaceRow } | null> {
  return database().transaction(async (tx) => {
    const [row] = await tx.select().from(runs).where(eq(runs.id, runId)).for("update");
    if (!row || row.admittedAt === null || !sourcesOf("running").includes(row.status)) return null;
    const [claimed] = await tx
      .update(runs)
      .set({
        owner,
        status: "running",
        statusReason: null,
        startedAt: row.startedAt ?? sql`now()`,
        deadlineAt:
          row.deadlineAt ?? (row.maxDurationMs === null ? null : sql`now() + make_interval(secs => ${row.maxDurationMs} / 1000.0)`),
        rev: sql`greatest(${runs.rev}, (select coalesce(max(s.rev), 0) from spans s where s.run_id = ${runId})) + 1`,
      })
      .where(and(eq(runs.id, runId), eq(runs.status, row.status)))
      .returning();
    const [workspace] = await tx.select().from(workspaces).where(eq(workspaces.id, row.workspaceId));
    if (!claimed || !workspace) return null;
    const type = row.startedAt === null ? "run.started" : "run.resumed";
    await tx.insert(runEvents).values({ runId, workspaceId: row.workspaceId, seq: claimed.rev, type, data: {} });
    return { run: claimed, workspace };
  });
}

/** Lets go of a run without changing its status. False when `owner` no longer holds it. */
export async function releaseOwner(db: DbHandle, runId: string, owner: string): Promise<boolean> {
  const rows = await db
    .update(runs)
    .set({ owner: null })
    .where(and(eq(runs.id, runId), eq(runs.owner, owner)))
    .returning({ id: runs.id });
  return rows.length > 0;
}

/** What somebody asked a run to do. */
export async function controlOf(runId: string): Promise<"cancel" | "pause" | null> {
  const [row] = await database().select({ control: runs.control }).from(runs).where(eq(runs.id, runId));
  return row?.control ?? null;
}

/** Who holds these runs now. */
export async function ownersOf(runIds: string[]): Promise<Map<string, string | null>> {
  const rows = await database().select({ id: runs.id, owner: runs.owner }).from(runs).where(inArray(runs.id, runIds));
  return new Map(rows.map((row) => [row.id, row.owner]));
}
