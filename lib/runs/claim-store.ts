import { and, eq, inArray, sql } from "drizzle-orm";
import { database, type DbHandle, type Transaction } from "#/db/client.ts";
import { runEvents, runs } from "#/db/schema/runs.ts";
import { workspaces } from "#/db/schema/tenancy.ts";
import { newId } from "#/lib/core/ids.ts";
import { sourcesOf } from "./lifecycle.ts";
import type { RunRow } from "./run-store.ts";

export type WorkspaceRow = typeof workspaces.$inferSelect;

/** A fresh token for holding a run by a job. It names the job, so that only this job's retry takes the run over. */
export function ownerToken(jobId: string): string {
  return `${jobId}/${newId("request")}`;
}

/**
 * Takes a run for `owner`: from now on only writes with this token count. Null when there is nothing to do: the run is
 * final, waits, lost its slot, or is held by another job (one from before a pause may still be in the queue).
 * The counter goes on behind everything that an earlier holder committed.
 */
export async function claimRun(runId: string, owner: string): Promise<{ run: RunRow; workspace: WorkspaceRow } | null> {
  return database().transaction(async (tx) => {
    const [row] = await tx.select().from(runs).where(eq(runs.id, runId)).for("update");
    if (!row || row.admittedAt === null || !sourcesOf("running").includes(row.status)) return null;
    if (row.owner !== null && jobOf(row.owner) !== jobOf(owner)) return null;
    // Its TTL passed while the job was on its way; whoever attends to due runs ends it.
    if (row.startedAt === null && row.expiresAt !== null && row.expiresAt <= new Date()) return null;
    const [claimed] = await tx
      .update(runs)
      .set({
        owner,
        status: "running",
        statusReason: null,
        startedAt: row.startedAt ?? sql`now()`,
        dueAt: null,
        deadlineAt:
          row.deadlineAt ??
          (row.maxDurationMs === null ? null : sql`now() + make_interval(secs => ${row.maxDurationMs} / 1000.0)`),
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

const jobOf = (owner: string) => owner.slice(0, owner.indexOf("/"));

/** Lets go of a run without changing its status. False when `owner` no longer holds it. */
export async function releaseOwner(db: DbHandle, runId: string, owner: string): Promise<boolean> {
  const rows = await db
    .update(runs)
    .set({ owner: null })
    .where(and(eq(runs.id, runId), eq(runs.owner, owner)))
    .returning({ id: runs.id });
  return rows.length > 0;
}

export type Holding = Pick<RunRow, "owner" | "control">;

/** Who holds these runs now, and what somebody asked them to do. */
export async function holdingsOf(runIds: string[]): Promise<Map<string, Holding>> {
  if (runIds.length === 0) return new Map();
  const rows = await database()
    .select({ id: runs.id, owner: runs.owner, control: runs.control })
    .from(runs)
    .where(inArray(runs.id, runIds));
  return new Map(rows.map(({ id, ...holding }) => [id, holding]));
}

/** Runs that have had a slot for longer than `seconds`: each must be in a worker's hands or have a job in the queue. */
export async function longAdmitted(db: DbHandle, seconds: number): Promise<{ id: string; workspaceId: string }[]> {
  return db
    .select({ id: runs.id, workspaceId: runs.workspaceId })
    .from(runs)
    .where(sql`${runs.admittedAt} < now() - make_interval(secs => ${seconds})`);
}

/** The run, if it has a slot; locked until the transaction ends. */
export async function lockAdmitted(tx: Transaction, runId: string): Promise<RunRow | null> {
  const [row] = await tx.select().from(runs).where(eq(runs.id, runId)).for("update");
  return row && row.admittedAt !== null ? row : null;
}
