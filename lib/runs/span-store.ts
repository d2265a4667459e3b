import { and, asc, eq, getTableColumns, gt, inArray, isNotNull, lte, ne, notInArray, or, sql } from "drizzle-orm";
import { rawClient, type DbHandle, type Transaction } from "#/db/client.ts";
import { runEvents, runs, spanBodies, spans, usageColumns } from "#/db/schema/runs.ts";
import { inIndexOrder } from "#/db/transaction.ts";
import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { nodeTypes } from "#/lib/contract/status.ts";
import type { LogDraft } from "./log-lines.ts";
import type { SpanRecord } from "./span-record.ts";

export type SpanRow = typeof spans.$inferSelect;
export type SpanBodyRow = typeof spanBodies.$inferSelect;
type Held = { id: string; workspaceId: string; owner: string };
/** A span as it is written: the narrow row, and the texts of its bodies where they are written with it. */
export type SpanState = Omit<SpanRecord, "input" | "output" | "attributes"> & { rev: number; bodies: BodyTexts | null };
export type BodyTexts = { input: string | null; output: string | null; attributes: string | null };
/** A span that was started now waits: an event of its own, which its row cannot keep once the span goes on. */
export type WaitEvent = { seq: number; type: string; data: JsonObject };
export type NumberedLine = LogDraft & { seq: number; at: Date; spanId: string; nodeId: string };

/** Changes of one run's spans, as texts for a statement; `size` is that of the bodies, in characters. */
export type SpanWrite = {
  held: Held;
  /** JSON of each. */
  rows: string[];
  bodies: (BodyTexts & { id: string })[];
  lines: NumberedLine[];
  waits: WaitEvent[];
  size: number;
};
/** What someone has asked the run to do. */
export type Written = { control: "cancel" | "pause" | null };

/** Usage and cost of a span that called nothing. */
export const unspent = Object.fromEntries(Object.keys(usageColumns).map((field) => [field, null])) as Record<
  keyof typeof usageColumns,
  null
>;

/** Given at the start of a span, and kept by every later write. */
const fixed: ReadonlySet<string> = new Set<keyof SpanRow>([
  ...(["id", "workspaceId", "runId", "parentId", "key", "kind", "nodeId", "name"] as const),
  ...(["seq", "reusedRun", "reusedSpan"] as const),
]);

/**
 * The column lists of the statement below, from the table itself; in the JSON each field has the name that it has here.
 */
const spanSql = columnLists(Object.entries(getTableColumns(spans)));

function columnLists(columns: [field: string, column: { name: string; getSQLType(): string }][]) {
  const fromFence: Record<string, string> = { workspaceId: "fence.workspace_id", runId: "fence.id" };
  const changing = columns.filter(([field]) => !fixed.has(field));
  return {
    names: columns.map(([, { name }]) => name).join(", "),
    values: columns.map(([field]) => fromFence[field] ?? `r."${field}"`).join(", "),
    record: columns.map(([field, column]) => `"${field}" ${column.getSQLType()}`).join(", "),
    changes: changing.map(([field, { name }]) => `${name} = ${keptUnless(field, name)}`).join(", "),
  };
}

/**
 * As for bodies: a later write that brings no output keeps what is stored. A span keeps its start, unless it had a row
 * before it began (reuse-spans.ts).
 */
function keptUnless(field: string, name: string): string {
  if (field === "outputBytes") return `coalesce(excluded.${name}, spans.${name})`;
  if (field === "startedAt" || field === "startRev")
    return `case when spans.started_at is null then excluded.${name} else spans.${name} end`;
  return `excluded.${name}`;
}

/** Makes the texts of changes once, however often they are sent. */
export function spanWrite(
  held: Held,
  records: SpanState[],
  lines: NumberedLine[] = [],
  waits: WaitEvent[] = [],
): SpanWrite {
  const bodies = records.flatMap(({ id, bodies: texts }) => (texts ? [{ id, ...texts }] : []));
  const size = bodies.reduce((sum, texts) => sum + bodySize(texts), 0);
  return {
    held,
    rows: records.map((record) => JSON.stringify(narrowRow(held.id, record))),
    bodies,
    lines,
    waits,
    size,
  };
}

/**
 * Writes spans of runs, their bodies and their log lines in one fenced statement: for a run that its `owner` no longer
 * holds, nothing is written and the result is null. The lock (for share) makes a worker that takes the run over wait
 * for this commit, and see it. With several runs, null also means that someone else has locked the run's row: try it
 * alone.
 */
export async function writeSpans(all: SpanWrite[]): Promise<(Written | null)[]> {
  const sql = rawClient();
  const lines = all.flatMap((write) => write.lines.map((line) => ({ ...line, runId: write.held.id })));
  const waits = all.flatMap((write) => write.waits.map((wait) => ({ ...wait, runId: write.held.id })));
  const rows = `[${all.flatMap((write) => write.rows).join(",")}]`;
  const bodies = all.flatMap((write) => write.bodies.map((body) => ({ ...body, runId: write.held.id })));
  const answers = await sql<(Written & { id: string })[]>`
    with fence as materialized (
      select runs.id, runs.workspace_id, runs.control
      from unnest(${all.map(({ held }) => held.id)}::text[], ${all.map(({ held }) => held.owner)}::text[]) as held(id, owner)
      join runs on runs.id = held.id and runs.owner = held.owner
      for share of runs ${all.length > 1 ? sql`skip locked` : sql``}
    ), written as (
      insert into spans (${sql.unsafe(spanSql.names)})
      select ${sql.unsafe(spanSql.values)}
      from json_to_recordset(${rows}::text::json) as r(${sql.unsafe(spanSql.record)})
      join fence on fence.id = r."runId"
      on conflict (run_id, key) do update set ${sql.unsafe(spanSql.changes)}
    ), bodies as (
      insert into span_bodies (span_id, input, output, attributes)
      select b.span_id, b.input::json, b.output::json, b.attributes::json
      from ${bodySource(bodies)} as b(run_id, span_id, input, output, attributes)
      join fence on fence.id = b.run_id
      on conflict (span_id) do update set
        input = coalesce(excluded.input, span_bodies.input), output = coalesce(excluded.output, span_bodies.output),
        attributes = coalesce(excluded.attributes, span_bodies.attributes)
    )${lines.length === 0 ? sql`` : insertLines(lines)}${waits.length === 0 ? sql`` : insertWaits(waits)}
    select id, control from fence`;
  const byRun = new Map(answers.map(({ id, control }) => [id, { control }]));
  return all.map(({ held }) => byRun.get(held.id) ?? null);
}

/** A body alone may be large: an element of an array is escaped here and read character by character there. */
function bodySource(bodies: (BodyTexts & { id: string; runId: string })[]) {
  const [only, ...others] = bodies;
  if (only && others.length === 0)
    return rawClient()`(values (${only.runId}::text, ${only.id}::text, ${only.input}::text, ${only.output}::text,
      ${only.attributes}::text))`;
  return rawClient()`unnest(${bodies.map(({ runId }) => runId)}::text[], ${bodies.map(({ id }) => id)}::text[],
    ${bodies.map(({ input }) => input)}::text[], ${bodies.map(({ output }) => output)}::text[],
    ${bodies.map(({ attributes }) => attributes)}::text[])`;
}

/**
 * An extra part of the statement, only when there are lines. A line that an unknown commit wrote is not written twice.
 */
function insertLines(lines: (NumberedLine & { runId: string })[]) {
  const columns = [
    lines.map((line) => line.runId),
    lines.map((line) => String(line.seq)),
    lines.map((line) => line.spanId),
    lines.map((line) => line.nodeId),
    lines.map((line) => line.level),
    lines.map((line) => line.message),
    lines.map((line) => line.at.toISOString()),
    lines.map((line) => JSON.stringify(line.data)),
  ] as const;
  return rawClient()`, lines as (
      insert into run_logs (run_id, workspace_id, seq, span_id, node_id, level, message, at, data)
      select fence.id, fence.workspace_id, l.seq::bigint, l.span_id, l.node_id, l.level, l.message, l.at::timestamptz, l.data::json
      from unnest(${columns[0]}::text[], ${columns[1]}::text[], ${columns[2]}::text[], ${columns[3]}::text[],
        ${columns[4]}::text[], ${columns[5]}::text[], ${columns[6]}::text[], ${columns[7]}::text[])
        as l(run_id, seq, span_id, node_id, level, message, at, data)
      join fence on fence.id = l.run_id
      on conflict (run_id, seq) do nothing
    )`;
}

/** An extra part of the statement, only when something begins to wait. Written once, like lines. */
function insertWaits(waits: (WaitEvent & { runId: string })[]) {
  return rawClient()`, waits as (
      insert into run_events (run_id, workspace_id, seq, type, at, data)
      select fence.id, fence.workspace_id, e.seq, e.type, now(), e.data::json
      from unnest(${waits.map(({ runId }) => runId)}::text[], ${waits.map(({ seq }) => seq)}::int[],
        ${waits.map(({ type }) => type)}::text[], ${waits.map(({ data }) => JSON.stringify(data))}::text[])
        as e(run_id, seq, type, data)
      join fence on fence.id = e.run_id
      on conflict (run_id, seq) do nothing
    )`;
}

/**
 * Every column except the workspace's, which the fence gives: a new one must be filled here to compile. undefined = null;
 * JSON leaves it out, and most are.
 */
function narrowRow(runId: string, span: SpanState) {
  const { usage, effect } = span;
  return {
    runId,
    id: span.id,
    parentId: span.parentId ?? undefined,
    key: span.key,
    kind: span.kind,
    nodeId: span.nodeId,
    name: span.name,
    status: span.status,
    attempt: span.attempt,
    seq: span.seq,
    startRev: span.startRev,
    rev: span.rev,
    startedAt: span.startedAt,
    finishedAt: span.finishedAt ?? undefined,
    wakeAt: span.wakeAt ?? undefined,
    outputBytes: span.outputBytes ?? undefined,
    modelRef: span.modelRef ?? undefined,
    answeredModel: span.answeredModel ?? undefined,
    promptArtifact: span.promptArtifact ?? undefined,
    promptHash: span.promptHash ?? undefined,
    madeCall: span.madeCall,
    inputTokens: usage?.inputTokens ?? undefined,
    outputTokens: usage?.outputTokens ?? undefined,
    cacheReadTokens: usage?.cacheReadTokens ?? undefined,
    cacheWriteTokens: usage?.cacheWriteTokens ?? undefined,
    reasoningTokens: usage?.reasoningTokens ?? undefined,
    costMicros: span.costMicros ?? undefined,
    effectVerdict: effect?.verdict,
    mutating: effect?.mutating ?? false,
    effectWhy: effect?.why,
    effectGrant: effect?.grant ?? undefined,
    callSignature: effect?.callSignature ?? undefined,
    tool: effect?.tool,
    againstOriginal: effect?.againstOriginal ?? undefined,
    recordedRun: effect?.recordedFrom?.runId,
    recordedSpan: effect?.recordedFrom?.spanId,
    reusedRun: span.reused?.runId,
    reusedSpan: span.reused?.spanId,
    error: span.error ?? undefined,
  } satisfies { [Field in Exclude<keyof SpanRow, "workspaceId">]: SpanRow[Field] | undefined };
}

/**
 * Bodies as JSON texts: json_to_recordset would decode the escapes of U+0000 and lone surrogates, which the json type
 * keeps. An absent field is null, so that the statement keeps what is stored. Null when there is none at all.
 */
export function bodyTexts({ input, output, attributes }: Pick<SpanRecord, "input" | "output" | "attributes">) {
  if (input === undefined && output === undefined && attributes === undefined) return null;
  const text = (value: Json | undefined) => (value === undefined ? null : JSON.stringify(value));
  return { input: text(input), output: text(output), attributes: text(attributes) };
}

/** In characters. */
export function bodySize({ input, output, attributes }: BodyTexts): number {
  return (input?.length ?? 0) + (output?.length ?? 0) + (attributes?.length ?? 0);
}

/** The spans of one run, which no statement names without its workspace. */
export function ofRun(workspaceId: string, runId: string) {
  return and(eq(spans.workspaceId, workspaceId), eq(spans.runId, runId));
}

/** All narrow rows of a run, in order of creation. */
export async function listSpans(db: DbHandle, workspaceId: string, runId: string): Promise<SpanRow[]> {
  const rows = await inPages<SpanRow>(db, (handle, after, limit) =>
    handle
      .select()
      .from(spans)
      .where(behindSpan(workspaceId, runId, after))
      .orderBy(...spanOrder)
      .limit(limit),
  );
  return rows.sort((a, b) => a.seq - b.seq);
}

/** A span that a page ends with. */
type PageEnd = Pick<SpanRow, "id" | "startRev">;

/** What a statement answers is unpacked in one turn of the event loop, and a run has up to 100,000 spans. */
const rowsAtOnce = 1000;

/** Reads all rows of a run, page by page. One page takes one statement; more of them are read through the index. */
export async function inPages<Row extends PageEnd>(
  db: DbHandle,
  read: (handle: DbHandle, after: PageEnd | null, limit: number) => PromiseLike<Row[]>,
): Promise<Row[]> {
  const first = await read(db, null, rowsAtOnce);
  if (first.length < rowsAtOnce) return first;
  const pages = [first];
  await inIndexOrder(db, async (tx) => {
    for (let last: Row[] = first; last.length === rowsAtOnce;) {
      last = await read(tx, last.at(-1) ?? null, rowsAtOnce);
      pages.push(last);
    }
  });
  return pages.flat();
}

/** The spans of a run behind the one that a page ended with, all of them for null. */
export function behindSpan(workspaceId: string, runId: string, after: PageEnd | null) {
  const isBehind = after && sql`(${spans.startRev}, ${spans.id}) > (${after.startRev}, ${after.id})`;
  return and(ofRun(workspaceId, runId), isBehind ?? undefined);
}

/** The order of pages, in which spans begin. */
export const spanOrder = [asc(spans.startRev), asc(spans.id)];

export async function findSpan(
  db: DbHandle,
  workspaceId: string,
  runId: string,
  spanId: string,
): Promise<SpanRow | null> {
  const [row] = await db
    .select()
    .from(spans)
    .where(and(ofRun(workspaceId, runId), eq(spans.id, spanId)));
  return row ?? null;
}

/** Which of these spans of this workspace still have a body. */
export async function spansWithBody(db: DbHandle, workspaceId: string, ids: string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const rows = await db
    .select({ id: spanBodies.spanId })
    .from(spanBodies)
    .innerJoin(spans, eq(spans.id, spanBodies.spanId))
    .where(and(eq(spans.workspaceId, workspaceId), inArray(spanBodies.spanId, ids)));
  return new Set(rows.map(({ id }) => id));
}

/** Outputs by span id, of spans of this workspace only. */
export async function outputsOf(db: DbHandle, workspaceId: string, ids: string[]): Promise<Map<string, Json>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .select({ id: spanBodies.spanId, output: spanBodies.output })
    .from(spanBodies)
    .innerJoin(spans, eq(spans.id, spanBodies.spanId))
    .where(and(eq(spans.workspaceId, workspaceId), inArray(spanBodies.spanId, ids)));
  return new Map(rows.map(({ id, output }) => [id, output ?? null]));
}

/** Bodies by span id, of spans of this workspace only. */
export async function spanBodiesOf(
  db: DbHandle,
  workspaceId: string,
  ids: string[],
): Promise<Map<string, SpanBodyRow>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .select({ body: spanBodies })
    .from(spanBodies)
    .innerJoin(spans, eq(spans.id, spanBodies.spanId))
    .where(and(eq(spans.workspaceId, workspaceId), inArray(spanBodies.spanId, ids)));
  return new Map(rows.map(({ body }) => [body.spanId, body]));
}

/** The outputs of these spans, the smallest only: as many as are `most` bytes together. */
export async function smallOutputs(
  db: DbHandle,
  workspaceId: string,
  ids: string[],
  most: number,
): Promise<Map<string, Json>> {
  if (ids.length === 0) return new Map();
  const among = (some: string[]) => and(eq(spans.workspaceId, workspaceId), inArray(spanBodies.spanId, some));
  const bytes = sql<number>`coalesce(${spans.outputBytes}, octet_length(${spanBodies.output}::text), 0)`;
  const sizes = await db
    .select({ id: spanBodies.spanId, bytes })
    .from(spanBodies)
    .innerJoin(spans, eq(spans.id, spanBodies.spanId))
    .where(among(ids))
    .orderBy(bytes);
  let left = most;
  const small = sizes.filter((row) => (left -= row.bytes) >= 0).map(({ id }) => id);
  if (small.length === 0) return new Map();
  const rows = await db
    .select({ id: spanBodies.spanId, output: spanBodies.output })
    .from(spanBodies)
    .innerJoin(spans, eq(spans.id, spanBodies.spanId))
    .where(among(small));
  return new Map(rows.map(({ id, output }) => [id, output]));
}

/** What an event tells of a span. */
const eventColumns = {
  id: spans.id,
  key: spans.key,
  kind: spans.kind,
  nodeId: spans.nodeId,
  status: spans.status,
  attempt: spans.attempt,
  startRev: spans.startRev,
  rev: spans.rev,
  startedAt: spans.startedAt,
  finishedAt: spans.finishedAt,
  effectVerdict: spans.effectVerdict,
  error: spans.error,
};
export type EventSpan = Pick<SpanRow, keyof typeof eventColumns>;

/**
 * Spans that have begun, in order of their starts, after a number of the run's counter; at most `limit`. Attempts come at
 * their end.
 */
export async function spansStartedAfter(
  db: DbHandle,
  workspaceId: string,
  runId: string,
  after: number,
  limit: number,
): Promise<EventSpan[]> {
  return db
    .select(eventColumns)
    .from(spans)
    .where(
      and(ofRun(workspaceId, runId), gt(spans.startRev, after), isNotNull(spans.startedAt), ne(spans.kind, "attempt")),
    )
    .orderBy(spans.startRev)
    .limit(limit);
}

/**
 * Spans in order of their ends, and attempts, after a number and up to another; at most `limit`. Without those that ended
 * as they began.
 */
export async function spansEndedBetween(
  db: DbHandle,
  workspaceId: string,
  runId: string,
  { after, upTo, limit }: { after: number; upTo: number; limit: number },
): Promise<EventSpan[]> {
  const ended = and(notInArray(spans.status, ["running", "waiting"]), ne(spans.rev, spans.startRev));
  const between = and(gt(spans.rev, after), lte(spans.rev, upTo));
  return db
    .select(eventColumns)
    .from(spans)
    .where(and(ofRun(workspaceId, runId), between, or(eq(spans.kind, "attempt"), ended)))
    .orderBy(spans.rev)
    .limit(limit);
}

/** Steps in order of their start, after a number of the run's counter; at most `limit`. */
export async function stepsStartedAfter(
  db: DbHandle,
  workspaceId: string,
  runId: string,
  after: number,
  limit: number,
): Promise<SpanRow[]> {
  const isStep = inArray(spans.kind, [...nodeTypes]);
  return db
    .select()
    .from(spans)
    .where(and(ofRun(workspaceId, runId), gt(spans.startRev, after), isStep))
    .orderBy(spans.startRev)
    .limit(limit);
}

/**
 * Writes rows that point to another run's spans, and those that have not begun, with an event for each of these, since the
 * number of their start will be another. Moves the run's counter to `rev`, behind them.
 */
export async function insertReusedSpans(
  tx: Transaction,
  run: { id: string; workspaceId: string },
  rows: SpanRow[],
  rev: number,
): Promise<void> {
  for (let at = 0; at < rows.length; at += 1000) await tx.insert(spans).values(rows.slice(at, at + 1000));
  const reopened = rows.filter(({ startedAt, reusedSpan }) => startedAt === null && reusedSpan === null);
  for (let at = 0; at < reopened.length; at += 1000)
    await tx.insert(runEvents).values(reopened.slice(at, at + 1000).map(reopenedEvent));
  await tx
    .update(runs)
    .set({ rev })
    .where(and(eq(runs.workspaceId, run.workspaceId), eq(runs.id, run.id)));
}

function reopenedEvent({ runId, workspaceId, rev, kind, nodeId, id, key }: SpanRow): typeof runEvents.$inferInsert {
  const type = `${kind === "item" ? kind : "step"}.reopened`;
  return { runId, workspaceId, seq: rev, type, data: { nodeId, spanId: id, key } };
}
