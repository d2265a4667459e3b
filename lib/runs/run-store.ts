import {
  and,
  type AnyColumn,
  desc,
  eq,
  gte,
  inArray,
  isNotNull,
  isNull,
  like,
  lt,
  or,
  sql,
  type SQL,
} from "drizzle-orm";
import type { DbHandle, Transaction } from "#/db/client.ts";
import { workflowRows } from "#/db/readable/workflows.ts";
import { runBodies, runEvents, runPayloadTerms, runs } from "#/db/schema/runs.ts";
import type { JsonObject } from "#/lib/contract/json.ts";
import { checkedMoment } from "#/lib/contract/moment.ts";
import { payloadConditions } from "#/lib/contract/payload-path.ts";
import type { RunFilter } from "#/lib/contract/run.ts";
import { isFinal } from "#/lib/contract/status.ts";
import { idPatterns } from "./id-pattern.ts";
import { sourcesOf } from "./lifecycle.ts";
import { payloadTerm, payloadTerms } from "./payload-terms.ts";
import { runningClock, standingClock } from "./run-clock-store.ts";

export type RunRow = typeof runs.$inferSelect;
export type NewRun = typeof runs.$inferInsert;
export type RunBody = typeof runBodies.$inferSelect;
export type RunWithSlug = { run: RunRow; slug: string; steps: number };

const workflow = workflowRows("workflow");

/** Steps of an open run are counted from its spans; those of a final one are stored. */
const liveSteps = sql<number>`case when ${runs.finishedAt} is null then (
  select count(*)::int from spans s where s.run_id = ${runs.id} and s.parent_id is null) else ${runs.steps} end`;

/** Writes a new run, its bodies, what its payload is found by, and its first event in one statement. */
export async function insertRun(
  tx: Transaction,
  run: NewRun,
  body: Omit<typeof runBodies.$inferInsert, "runId" | "workspaceId">,
): Promise<RunRow> {
  const key = { runId: run.id, workspaceId: run.workspaceId };
  const created = tx.$with("created").as(
    tx
      .insert(runs)
      .values({ ...run, rev: 1 })
      .returning(),
  );
  const bodies = tx.$with("bodies").as(
    tx
      .insert(runBodies)
      .values({ ...body, ...key })
      .returning({ runId: runBodies.runId }),
  );
  const terms = tx.$with("terms").as(
    tx
      .insert(runPayloadTerms)
      .values({ ...key, terms: payloadTerms(run.workspaceId, body.payload ?? null) })
      .returning({ runId: runPayloadTerms.runId }),
  );
  const events = tx.$with("events").as(
    tx
      .insert(runEvents)
      .values({ ...key, seq: 1, type: "run.created", data: { status: run.status } })
      .returning({ seq: runEvents.seq }),
  );
  const [row] = await tx.with(created, bodies, terms, events).select().from(created);
  return row as RunRow;
}

/** One run of the workspace, or null (also when it is another workspace's). */
export async function findRun(db: DbHandle, workspaceId: string, id: string): Promise<RunWithSlug | null> {
  const [row] = await db
    .select({ run: runs, slug: workflow.slug, steps: liveSteps })
    .from(runs)
    .innerJoin(workflow, eq(workflow.id, runs.workflowId))
    .where(and(eq(runs.workspaceId, workspaceId), eq(runs.id, id)));
  return row ?? null;
}

/** The runs around this one, nearest first. */
export async function runsAround(
  db: DbHandle,
  { workspaceId, parentRun }: Pick<RunRow, "workspaceId" | "parentRun">,
): Promise<Pick<RunRow, "id" | "createdAt">[]> {
  const around = sql`with recursive around as (
      select id, parent_run from runs where workspace_id = ${workspaceId} and id = ${parentRun}
      union select r.id, r.parent_run from runs r join around a on r.id = a.parent_run where r.workspace_id = ${workspaceId})
    select id from around`;
  return db
    .select({ id: runs.id, createdAt: runs.createdAt })
    .from(runs)
    .where(and(eq(runs.workspaceId, workspaceId), sql`${runs.id} in (${around})`))
    .orderBy(desc(runs.nesting));
}

/**
 * Does a run with this id exist in any workspace? Only the replay route may say so (product contract,
 * `cross_boundary`).
 */
export async function runExistsAnywhere(db: DbHandle, id: string): Promise<boolean> {
  const rows = await db.select({ id: runs.id }).from(runs).where(eq(runs.id, id));
  return rows.length > 0;
}

/** Is the run still there? */
export async function runExists(db: DbHandle, workspaceId: string, id: string): Promise<boolean> {
  const rows = await db
    .select({ id: runs.id })
    .from(runs)
    .where(and(eq(runs.workspaceId, workspaceId), eq(runs.id, id)));
  return rows.length > 0;
}

export async function findRunBody(db: DbHandle, workspaceId: string, id: string): Promise<RunBody | null> {
  const [row] = await db
    .select()
    .from(runBodies)
    .where(and(eq(runBodies.workspaceId, workspaceId), eq(runBodies.runId, id)));
  return row ?? null;
}

/** What a reader of a run sees of its bodies, as the JSON texts that are stored; null for a JSON null. */
export async function findRunTexts(
  db: DbHandle,
  workspaceId: string,
  id: string,
): Promise<{ payload: string | null; output: string | null } | null> {
  const text = (column: AnyColumn) => sql<string | null>`${column}::text`;
  const [row] = await db
    .select({ payload: text(runBodies.payload), output: text(runBodies.output) })
    .from(runBodies)
    .where(and(eq(runBodies.workspaceId, workspaceId), eq(runBodies.runId, id)));
  return row ?? null;
}

export type RunCursor = { createdAt: string; id: string };

/** One keyset page, newest first; reads one row more than `limit` to know whether there is a next page. */
export async function listRunRows(
  db: DbHandle,
  workspaceId: string,
  filter: RunFilter,
  limit: number,
  after: RunCursor | null,
): Promise<RunWithSlug[]> {
  return db
    .select({ run: runs, slug: workflow.slug, steps: liveSteps })
    .from(runs)
    .innerJoin(workflow, eq(workflow.id, runs.workflowId))
    .where(
      and(
        eq(runs.workspaceId, workspaceId),
        ...filterConditions(workspaceId, filter),
        after ? beforeCursor(after) : undefined,
      ),
    )
    .orderBy(desc(runs.createdAt), desc(runs.id))
    .limit(limit + 1);
}

function beforeCursor(after: RunCursor): SQL {
  return sql`(${runs.createdAt}, ${runs.id}) < (${after.createdAt}::timestamptz, ${after.id})`;
}

function filterConditions(workspaceId: string, filter: RunFilter): (SQL | undefined)[] {
  return [
    anyOf(filter.status, (statuses) => inArray(runs.status, statuses)),
    anyOf(filter.workflow, (slugs) => workflowCondition(workspaceId, slugs)),
    filter.version === undefined ? undefined : eq(runs.version, filter.version),
    anyOf(filter.tag, (tags) => sql`${runs.tags} && ${sql.param(tags)}::text[]`),
    anyOf(filter.environment, (environments) => inArray(runs.environment, environments)),
    filter.from === undefined ? undefined : gte(runs.createdAt, checkedMoment(filter.from)),
    filter.to === undefined ? undefined : lt(runs.createdAt, checkedMoment(filter.to)),
    anyOf(filter.mode, modeCondition),
    filter.replayOf === undefined ? undefined : eq(runs.replayOf, filter.replayOf),
    filter.rootRun === undefined ? undefined : eq(runs.rootRun, filter.rootRun),
    filter.batch === undefined ? undefined : eq(runs.batchId, filter.batch),
    filter.schedule === undefined ? undefined : eq(runs.scheduleId, filter.schedule),
    filter.q === undefined || filter.q === "" ? undefined : textCondition(filter.q),
    payloadCondition(workspaceId, filter),
  ];
}

/** All terms that the filter names. The planner knows how frequent each is, and starts from them or the newest run. */
function payloadCondition(workspaceId: string, filter: RunFilter): SQL | undefined {
  const wanted = payloadConditions(filter).map((condition) => payloadTerm(workspaceId, condition));
  if (wanted.length === 0) return undefined;
  return sql`exists (select from ${runPayloadTerms} where ${runPayloadTerms.runId} = ${runs.id}
    and ${runPayloadTerms.workspaceId} = ${workspaceId} and ${runPayloadTerms.terms} @> ${sql.param(wanted)}::uuid[])`;
}

/** The condition for a filter's values; none when the filter is not given. */
function anyOf<T>(values: T[] | undefined, condition: (values: T[]) => SQL | undefined): SQL | undefined {
  return values && values.length > 0 ? condition(values) : undefined;
}

/** One workflow is compared by equality: then an index gives its runs in the list's order. */
function workflowCondition(workspaceId: string, slugs: string[]): SQL {
  const ids = sql`select id from ${workflow} where workspace_id = ${workspaceId} and slug = any(${sql.param(slugs)}::text[])`;
  return slugs.length === 1 ? sql`${runs.workflowId} = (${ids})` : sql`${runs.workflowId} = any(array(${ids}))`;
}

function modeCondition(modes: NonNullable<RunFilter["mode"]>): SQL | undefined {
  const replays = modes.filter((mode) => mode !== "original");
  return or(
    replays.length < modes.length ? isNull(runs.mode) : undefined,
    replays.length > 0 ? inArray(runs.mode, replays) : undefined,
  );
}

/** Free text: a run id (its beginning or its tail), a workflow's slug or name, a tag, or part of the error message. */
function textCondition(text: string): SQL | undefined {
  const part = `%${text.replaceAll(/[\\%_]/g, (char) => `\\${char}`)}%`;
  return or(
    ...idPatterns(text).map((pattern) => like(runs.id, pattern)),
    sql`${workflow.slug} ilike ${part}`,
    sql`${workflow.name} ilike ${part}`,
    sql`${runs.tags} @> array[${text}]::text[]`,
    sql`${runs.error}->>'message' ilike ${part}`,
  );
}

/** Ids of the runs that match, newest first, at most `limit`. */
export async function matchingRunIds(
  db: DbHandle,
  workspaceId: string,
  filter: RunFilter,
  limit: number,
): Promise<string[]> {
  const rows = await db
    .select({ id: runs.id })
    .from(runs)
    .innerJoin(workflow, eq(workflow.id, runs.workflowId))
    .where(and(eq(runs.workspaceId, workspaceId), ...filterConditions(workspaceId, filter)))
    .orderBy(desc(runs.createdAt), desc(runs.id))
    .limit(limit);
  return rows.map(({ id }) => id);
}

/** How many runs a filter matches, counted exactly up to `cap` (product contract: 100k, then `100k+`). */
export async function countRuns(db: DbHandle, workspaceId: string, filter: RunFilter, cap: number): Promise<number> {
  const matching = db
    .select({ one: sql`1`.as("one") })
    .from(runs)
    .innerJoin(workflow, eq(workflow.id, runs.workflowId))
    .where(and(eq(runs.workspaceId, workspaceId), ...filterConditions(workspaceId, filter)))
    .limit(cap)
    .as("matching");
  const [row] = await db.select({ count: sql<number>`count(*)::int` }).from(matching);
  return row?.count ?? 0;
}

/** The run's row, locked until the transaction ends. */
export async function lockRun(tx: Transaction, workspaceId: string, id: string): Promise<RunRow | null> {
  const [row] = await tx
    .select()
    .from(runs)
    .where(and(eq(runs.workspaceId, workspaceId), eq(runs.id, id)))
    .for("update");
  return row ?? null;
}

/**
 * Changes a run's status, to one that is not final (run-end-store.ts), in the caller's transaction, and appends the
 * lifecycle event. False, with nothing written, when the run's status does not lead there (lifecycle.ts), or when `owner` is given and no
 * longer holds the run.
 */
export async function changeStatus(
  tx: Transaction,
  run: { id: string; workspaceId: string },
  change: {
    to: RunRow["status"];
    owner?: string;
    /** Does its time count from now on? */
    timeCounts?: boolean;
    set: Omit<Partial<NewRun>, "status">;
    rev?: number;
    event: { type: string; data?: JsonObject };
  },
): Promise<boolean> {
  const conditions = [
    eq(runs.workspaceId, run.workspaceId),
    eq(runs.id, run.id),
    inArray(runs.status, sourcesOf(change.to)),
    change.owner === undefined ? undefined : eq(runs.owner, change.owner),
  ];
  // Without the holder's count: after everything that a holder, who may be dead, has committed.
  const rev =
    change.rev ??
    sql`greatest(${runs.rev}, (select coalesce(max(s.rev), 0) from spans s where s.run_id = ${run.id})) + 1`;
  const clock = change.timeCounts === true ? runningClock() : standingClock();
  const changed = tx.$with("changed").as(
    tx
      .update(runs)
      .set({ ...change.set, ...clock, status: change.to, rev: rev as never })
      .where(and(...conditions))
      .returning({ id: runs.id, workspaceId: runs.workspaceId, rev: runs.rev }),
  );
  const data = JSON.stringify(change.event.data ?? {});
  const events = await tx
    .with(changed)
    .insert(runEvents)
    .select(sql`select id, workspace_id, rev, ${change.event.type}::text, now(), ${data}::text::json from changed`)
    .returning({ seq: runEvents.seq });
  return events.length > 0;
}

/** Which request may stand before another: a cancel replaces any, and is never replaced; only a pause is taken back. */
const controlMayBecome = {
  cancel: sql`${runs.control} is distinct from 'cancel'`,
  pause: sql`${runs.control} is null`,
  nothing: eq(runs.control, "pause"),
};

/** Asks the holder to cancel or pause, or takes back a pause. */
export async function setControl(
  tx: Transaction,
  run: { id: string; workspaceId: string },
  control: "cancel" | "pause" | null,
  reason: "user" | "parent" | "policy",
): Promise<void> {
  await tx
    .update(runs)
    .set({ control, controlReason: control === null ? null : reason })
    .where(and(eq(runs.workspaceId, run.workspaceId), eq(runs.id, run.id), controlMayBecome[control ?? "nothing"]));
}

/** Replaces the summary of effects of a run that has ended. */
export async function setEffects(
  tx: Transaction,
  run: { id: string; workspaceId: string },
  effects: NewRun["effects"],
): Promise<void> {
  await tx
    .update(runs)
    .set({ effects })
    .where(and(eq(runs.workspaceId, run.workspaceId), eq(runs.id, run.id), isNotNull(runs.finishedAt)));
}

export type RunEventRow = { seq: number; type: string; at: Date; data: JsonObject };

/** Lifecycle events after a number, at most `limit`, and whether the run is final; null when there is no such run. */
export async function lifecycleEvents(db: DbHandle, workspaceId: string, runId: string, after: number, limit: number) {
  const rows: RunEventRow[] = await db
    .select({ seq: runEvents.seq, type: runEvents.type, at: runEvents.at, data: runEvents.data })
    .from(runEvents)
    .where(and(eq(runEvents.workspaceId, workspaceId), eq(runEvents.runId, runId), sql`${runEvents.seq} > ${after}`))
    .orderBy(runEvents.seq)
    .limit(limit);
  const [run] = await db
    .select({ status: runs.status })
    .from(runs)
    .where(and(eq(runs.workspaceId, workspaceId), eq(runs.id, runId)));
  return run ? { rows, final: isFinal(run.status) } : null;
}
