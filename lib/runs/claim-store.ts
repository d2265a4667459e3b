import { and, eq, inArray, isNotNull, isNull, not, sql, type Placeholder, type SQL } from "drizzle-orm";
import { builtOnce } from "#/db/built-once.ts";
import { database, type DbHandle, type Transaction } from "#/db/client.ts";
import { workspaceRows } from "#/db/readable/tenancy.ts";
import { versionRows, workflowRows } from "#/db/readable/workflows.ts";
import { runBodies, runEvents, runs } from "#/db/schema/runs.ts";
import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { gather } from "#/lib/core/gather.ts";
import { newId } from "#/lib/core/ids.ts";
import type { WorkspaceRow } from "#/lib/tenancy/workspace-store.ts";
import { type VersionRow, versionRow } from "#/lib/workflows/version-store.ts";
import { sourcesOf, startSources } from "./lifecycle.ts";
import { longWorkflows, shortRun } from "./long-runs.ts";
import { runningClock, startClocksAround } from "./run-clock-store.ts";
import type { RunRow } from "./run-store.ts";

/** A new token for holding a run through a job. It names the job: only a retry of this job can take the run over. */
export function ownerToken(jobId: string): string {
  return `${jobId}/${newId("request")}`;
}

/** A run that this process now holds, with what it executes and the data it works on. */
export type Claim = {
  run: RunRow;
  workspace: WorkspaceRow;
  workflow: { slug: string; pausedAt: Date | null };
  /** Null for a version that no longer exists. */
  version: VersionRow | null;
  body: { payload: Json; replayPlan: JsonObject | null };
};
/**
 * `length`: which runs are taken; "short" leaves those alone that are known to be long (long-runs.ts). `isMoved`: the
 * job's last holder was another thread of this worker, which is no event of the run.
 */
export type Claiming = { length: "short" | "any"; isMoved?: boolean };
type Taking = { runId: string; owner: string } & Claiming;

/**
 * Takes a run for `owner`: from now on only writes with this token count. Null when there is nothing to do: the run is
 * final, waits, lost its slot, or is held by another job (one from before a pause may still be in the queue). "long"
 * when it is left to whoever takes runs of any length.
 */
export function claimRun(runId: string, owner: string): Promise<Claim | null>;
export function claimRun(runId: string, owner: string, claiming: Claiming): Promise<Claim | "long" | null>;
export async function claimRun(
  runId: string,
  owner: string,
  claiming: Claiming = { length: "any" },
): Promise<Claim | "long" | null> {
  const taking = { runId, owner, ...claiming };
  const claim = (claiming.isMoved ? null : await takeQueued(taking)) ?? (await takeOver(taking));
  if (claim !== null && claim !== "long" && claim.run.parentRun !== null) await startClocksAround(runId);
  return claim;
}

/** Is the run one of these workflows', or has it a payload that makes it long? */
function isLong(workflowIds: string[] | Placeholder): SQL<boolean> {
  const ids = Array.isArray(workflowIds) ? sql.param(workflowIds) : workflowIds;
  return sql<boolean>`(${runs.workflowId} = any(${ids}::text[]) or coalesce((
    select octet_length(b.payload::text) from run_bodies b where b.run_id = ${runs.id}), 0) > ${shortRun.bytes}::int)`;
}

/** A run whose TTL passed before its job arrived is not taken: whoever attends to due runs ends it. */
const inTime = sql`(${runs.startedAt} is not null or ${runs.expiresAt} is null or ${runs.expiresAt} > now())`;

/** Runs that nobody has held since they were queued: their counters are exact, so one statement is enough for many. */
const takeQueued = gather<Taking, Claim | null>(async (all) => {
  const isShort = all.some(({ length }) => length === "short");
  const claims = await taken((isShort ? takingShort : takingAny)(database()), all);
  // Of two jobs for one run, only the one whose token was written holds it.
  return all.map(({ runId, owner }) => claims.find(({ run }) => run.id === runId && run.owner === owner) ?? null);
}, 50);

const takingAny = builtOnce((db) => takingQueued(db));
const takingShort = builtOnce((db) => takingQueued(db, not(isLong(sql.placeholder("longWorkflows")))));

function takingQueued(db: DbHandle, only?: SQL) {
  return taking(db, {
    where: and(inArray(runs.status, startSources()), isNull(runs.owner), only),
    rev: sql`${runs.rev} + 1`,
  });
}

/**
 * Takes over a run from a worker that is lost or that handed it on. A separate statement locks the row first: it counts
 * what the last holder wrote until then, so that the counter continues after it.
 */
async function takeOver(given: Taking): Promise<Claim | "long" | null> {
  const { runId, owner, length, isMoved = false } = given;
  return database().transaction(async (tx) => {
    const [row] = await tx
      .select({ owner: runs.owner, isLong: length === "short" ? isLong(longWorkflows.all) : sql<boolean>`false` })
      .from(runs)
      .where(eq(runs.id, runId))
      .for("update");
    if (!row || (row.owner !== null && jobOf(row.owner) !== jobOf(owner))) return null;
    if (row.isLong) return "long";
    const lastRev = sql`greatest(${runs.rev}, (select coalesce(max(s.rev), 0) from spans s where s.run_id = ${runs.id}))`;
    const statement = taking(tx, {
      isMoved,
      where: inArray(runs.status, sourcesOf("running")),
      rev: isMoved ? lastRev : sql`${lastRev} + 1`,
    });
    const [claim] = await taken(statement, [given]);
    return claim ?? null;
  });
}

/** What a run holds in memory while it is executed: its payload and its definition, in bytes of JSON text. */
export async function runBytes(runId: string): Promise<number> {
  const [row] = await database().execute<{ bytes: number }>(sql`
    select coalesce(octet_length(b.payload::text), 0) + coalesce(octet_length(v.definition::text), 0) as bytes
    from runs r left join run_bodies b on b.run_id = r.id left join ${versionRows("v")} on v.id = r.version_id
    where r.id = ${runId}`);
  return row?.bytes ?? 0;
}

type How = { where: SQL | undefined; rev: SQL; isMoved?: boolean };

/** The statement that takes runs, for `taken`. */
function taking(db: DbHandle, how: How) {
  const claimed = db.$with("claimed").as(
    db
      .update(runs)
      .set({
        owner: sql`${sql.placeholder("owners")}::text::json ->> ${runs.id}`,
        status: "running",
        statusReason: null,
        startedAt: sql`coalesce(${runs.startedAt}, now())`,
        dueAt: null,
        ...runningClock(),
        rev: how.rev as never,
      })
      .where(
        and(sql`${runs.id} = any(${sql.placeholder("ids")}::text[])`, isNotNull(runs.admittedAt), inTime, how.where),
      )
      .returning(),
  );
  const event = db.$with("event").as(
    db
      .insert(runEvents)
      .select(
        sql`select id, workspace_id, rev, case when started_at = now()::timestamptz(3) then 'run.started' else 'run.resumed' end,
          now(), '{}'::json from claimed where ${how.isMoved !== true}::boolean`,
      )
      .returning({ seq: runEvents.seq }),
  );
  const [workspace, workflow, version] = [workspaceRows("workspace"), workflowRows("workflow"), versionRows("version")];
  return db
    .with(claimed, event)
    .select()
    .from(claimed)
    .innerJoin(workspace, eq(workspace.id, claimed.workspaceId))
    .innerJoin(workflow, and(eq(workflow.workspaceId, claimed.workspaceId), eq(workflow.id, claimed.workflowId)))
    .innerJoin(runBodies, and(eq(runBodies.workspaceId, claimed.workspaceId), eq(runBodies.runId, claimed.id)))
    .leftJoin(version, and(eq(version.workspaceId, claimed.workspaceId), eq(version.id, claimed.versionId)))
    .prepare("take");
}

async function taken(statement: ReturnType<typeof taking>, all: Taking[]): Promise<Claim[]> {
  const owners = JSON.stringify(Object.fromEntries(all.map(({ runId, owner }) => [runId, owner])));
  const rows = await statement.execute({
    ids: all.map(({ runId }) => runId),
    owners,
    longWorkflows: longWorkflows.all,
  });
  return rows.map((row) => ({
    run: row.claimed,
    workspace: row.workspace,
    workflow: row.workflow,
    version: row.version && versionRow(row.version),
    body: row.run_bodies,
  }));
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

/** Who holds these runs now, and what someone asked them to do. */
export async function holdingsOf(runIds: string[]): Promise<Map<string, Holding>> {
  if (runIds.length === 0) return new Map();
  const rows = await database()
    .select({ id: runs.id, owner: runs.owner, control: runs.control })
    .from(runs)
    .where(inArray(runs.id, runIds));
  return new Map(rows.map(({ id, ...holding }) => [id, holding]));
}

type RunPlace = { id: string; workspaceId: string };

/**
 * Runs that have had a slot for longer than `seconds`: each must be in a worker's hands or have a job in the queue. One
 * page of them, of those with a slot `limit` behind `after`, and where the next one starts; null = at the beginning.
 */
export async function longAdmitted(
  db: DbHandle,
  seconds: number,
  { limit, after }: { limit: number; after: RunPlace | null },
): Promise<{ runs: RunPlace[]; next: RunPlace | null }> {
  const isLong = sql<boolean>`${runs.admittedAt} < now() - make_interval(secs => ${seconds})`;
  const rows = await db
    .select({ id: runs.id, workspaceId: runs.workspaceId, isLong })
    .from(runs)
    .where(
      and(
        isNotNull(runs.admittedAt),
        after === null ? undefined : sql`(${runs.workspaceId}, ${runs.id}) > (${after.workspaceId}, ${after.id})`,
      ),
    )
    .orderBy(runs.workspaceId, runs.id)
    .limit(limit);
  const last = rows.at(-1);
  return {
    runs: rows.filter((row) => row.isLong).map(({ id, workspaceId }) => ({ id, workspaceId })),
    next: last && rows.length === limit ? { id: last.id, workspaceId: last.workspaceId } : null,
  };
}

/** The run, if it has a slot; locked until the transaction ends. */
export async function lockAdmitted(tx: Transaction, runId: string): Promise<RunRow | null> {
  const [row] = await tx.select().from(runs).where(eq(runs.id, runId)).for("update");
  return row && row.admittedAt !== null ? row : null;
}
