import { and, eq, inArray, sql } from "drizzle-orm";
import { rawClient, type DbHandle, type Transaction } from "#/db/client.ts";
import { runs, spanBodies, spans } from "#/db/schema/runs.ts";
import type { Json, JsonObject } from "#/lib/contract/json.ts";
import type { LogDraft } from "./log-lines.ts";
import type { SpanRecord } from "./span-record.ts";

export type SpanRow = typeof spans.$inferSelect;
export type SpanBodyRow = typeof spanBodies.$inferSelect;
type Held = { id: string; workspaceId: string; owner: string };
type SpanState = SpanRecord & { rev: number };
/** That a span that was started waits now: an event of its own, which its row cannot keep when it goes on. */
export type WaitEvent = { seq: number; type: string; data: JsonObject };
export type NumberedLine = LogDraft & { seq: number; at: Date; spanId: string; nodeId: string };

/** Some changes of one run's spans, as texts that go into a statement; `size` is that of the bodies, in characters. */
export type SpanWrite = {
  held: Held;
  rows: ReturnType<typeof narrowRow>[];
  bodies: ReturnType<typeof bodyTexts>[];
  lines: NumberedLine[];
  waits: WaitEvent[];
  size: number;
};
/** What somebody asked the run to do. */
export type Written = { control: "cancel" | "pause" | null };

/** Makes the texts of changes once, however often they are sent. */
export function spanWrite(
  held: Held,
  records: SpanState[],
  lines: NumberedLine[] = [],
  waits: WaitEvent[] = [],
): SpanWrite {
  const bodies = records.filter(hasBody).map(bodyTexts);
  const size = bodies.reduce((sum, { input, output }) => sum + (input?.length ?? 0) + (output?.length ?? 0), 0);
  return { held, rows: records.map(narrowRow), bodies, lines, waits, size };
}

/**
 * Writes spans of runs, their bodies and their log lines in one statement, fenced: nothing is written of a run, and null
 * comes back for it, unless it is still held by its `owner`. The lock (for share) makes a worker that takes the run over
 * wait for this commit, and see it. With several, null is also for a run whose row somebody else has locked: try it alone.
 */
export async function writeSpans(all: SpanWrite[]): Promise<(Written | null)[]> {
  const sql = rawClient();
  const lines = all.flatMap((write) => write.lines.map((line) => ({ ...line, runId: write.held.id })));
  const waits = all.flatMap((write) => write.waits.map((wait) => ({ ...wait, runId: write.held.id })));
  const rows = all.flatMap((write) => write.rows.map((row) => ({ ...row, run_id: write.held.id })));
  const bodies = all.flatMap((write) => write.bodies.map((body) => ({ ...body, runId: write.held.id })));
  const answers = await sql<(Written & { id: string })[]>`
    with fence as materialized (
      select runs.id, runs.workspace_id, runs.control
      from unnest(${all.map(({ held }) => held.id)}::text[], ${all.map(({ held }) => held.owner)}::text[]) as held(id, owner)
      join runs on runs.id = held.id and runs.owner = held.owner
      for share of runs ${all.length > 1 ? sql`skip locked` : sql``}
    ), written as (
      insert into spans (id, workspace_id, run_id, parent_id, key, kind, node_id, name, status, attempt, seq, start_rev,
        rev, started_at, finished_at, wake_at, model_ref, prompt_artifact, prompt_hash, made_call, input_tokens, output_tokens,
        cache_read_tokens, cache_write_tokens, reasoning_tokens, cost_micros, effect_verdict, mutating, effect_why, effect_grant,
        call_signature, tool, against_original, recorded_run, recorded_span, reused_run, reused_span, error)
      select r.id, fence.workspace_id, fence.id, r.parent_id, r.key, r.kind, r.node_id, r.name, r.status, r.attempt, r.seq,
        r.start_rev, r.rev, r.started_at, r.finished_at, r.wake_at, r.model_ref, r.prompt_artifact, r.prompt_hash, r.made_call,
        r.input_tokens, r.output_tokens, r.cache_read_tokens, r.cache_write_tokens, r.reasoning_tokens, r.cost_micros,
        r.effect_verdict, r.mutating, r.effect_why, r.effect_grant, r.call_signature, r.tool, r.against_original, r.recorded_run,
        r.recorded_span, r.reused_run, r.reused_span, r.error
      from json_to_recordset(${JSON.stringify(rows)}::text::json) as r(
        run_id text, id text, parent_id text, key text, kind text, node_id text, name text, status text, attempt int, seq int,
        start_rev int, rev int, started_at timestamptz, finished_at timestamptz, wake_at timestamptz, model_ref text, prompt_artifact text,
        prompt_hash text, made_call bool, input_tokens bigint, output_tokens bigint, cache_read_tokens bigint,
        cache_write_tokens bigint, reasoning_tokens bigint, cost_micros bigint, effect_verdict text, mutating bool,
        effect_why text, effect_grant text, call_signature text, tool text, against_original text, recorded_run text, recorded_span text,
        reused_run text, reused_span text, error json)
      join fence on fence.id = r.run_id
      on conflict (run_id, key) do update set
        status = excluded.status, attempt = excluded.attempt, rev = excluded.rev, finished_at = excluded.finished_at, wake_at = excluded.wake_at,
        model_ref = excluded.model_ref, prompt_artifact = excluded.prompt_artifact, prompt_hash = excluded.prompt_hash,
        made_call = excluded.made_call, input_tokens = excluded.input_tokens, output_tokens = excluded.output_tokens,
        cache_read_tokens = excluded.cache_read_tokens, cache_write_tokens = excluded.cache_write_tokens,
        reasoning_tokens = excluded.reasoning_tokens, cost_micros = excluded.cost_micros,
        effect_verdict = excluded.effect_verdict, mutating = excluded.mutating, effect_why = excluded.effect_why,
        effect_grant = excluded.effect_grant,
        call_signature = excluded.call_signature, tool = excluded.tool, against_original = excluded.against_original,
        recorded_run = excluded.recorded_run, recorded_span = excluded.recorded_span, error = excluded.error
    ), bodies as (
      insert into span_bodies (span_id, input, output, attributes)
      select b.span_id, b.input::json, b.output::json, b.attributes::json
      from unnest(${bodies.map(({ runId }) => runId)}::text[], ${bodies.map(({ id }) => id)}::text[],
        ${bodies.map(({ input }) => input)}::text[], ${bodies.map(({ output }) => output)}::text[],
        ${bodies.map(({ attributes }) => attributes)}::text[]) as b(run_id, span_id, input, output, attributes)
      join fence on fence.id = b.run_id
      on conflict (span_id) do update set
        input = coalesce(excluded.input, span_bodies.input), output = coalesce(excluded.output, span_bodies.output),
        attributes = coalesce(excluded.attributes, span_bodies.attributes)
    )${lines.length === 0 ? sql`` : insertLines(lines)}${waits.length === 0 ? sql`` : insertWaits(waits)}
    select id, control from fence`;
  const byRun = new Map(answers.map(({ id, control }) => [id, { control }]));
  return all.map(({ held }) => byRun.get(held.id) ?? null);
}

/** A further part of the statement, only where there are lines. A line that an unknown commit wrote is not written twice. */
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

/** A further part of the statement, only where something begins to wait. Written once, as lines are. */
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

function narrowRow(span: SpanState) {
  return {
    id: span.id,
    parent_id: span.parentId,
    key: span.key,
    kind: span.kind,
    node_id: span.nodeId,
    name: span.name,
    status: span.status,
    attempt: span.attempt,
    seq: span.seq,
    start_rev: span.startRev,
    rev: span.rev,
    started_at: span.startedAt,
    finished_at: span.finishedAt,
    wake_at: span.wakeAt,
    model_ref: span.modelRef,
    prompt_artifact: span.promptArtifact,
    prompt_hash: span.promptHash,
    made_call: span.madeCall,
    input_tokens: span.usage?.inputTokens,
    output_tokens: span.usage?.outputTokens,
    cache_read_tokens: span.usage?.cacheReadTokens,
    cache_write_tokens: span.usage?.cacheWriteTokens,
    reasoning_tokens: span.usage?.reasoningTokens,
    cost_micros: span.costMicros,
    effect_verdict: span.effect?.verdict,
    mutating: span.effect?.mutating ?? false,
    effect_why: span.effect?.why,
    effect_grant: span.effect?.grant,
    call_signature: span.effect?.callSignature,
    tool: span.effect?.tool,
    against_original: span.effect?.againstOriginal,
    recorded_run: span.effect?.recordedFrom?.runId,
    recorded_span: span.effect?.recordedFrom?.spanId,
    reused_run: span.reused?.runId,
    reused_span: span.reused?.spanId,
    error: span.error ?? undefined,
  };
}

function hasBody(span: SpanState): boolean {
  return span.input !== undefined || span.output !== undefined || span.attributes !== undefined;
}

/**
 * Bodies as JSON texts: json_to_recordset would decode the escapes of U+0000 and lone surrogates, which the json type
 * keeps. An absent field is null, so that the statement keeps what is stored.
 */
function bodyTexts({ id, input, output, attributes }: SpanState) {
  const text = (value: Json | undefined) => (value === undefined ? null : JSON.stringify(value));
  return { id, input: text(input), output: text(output), attributes: text(attributes) };
}

/** All narrow rows of a run, in order of creation. */
export async function listSpans(db: DbHandle, workspaceId: string, runId: string): Promise<SpanRow[]> {
  return db
    .select()
    .from(spans)
    .where(and(eq(spans.workspaceId, workspaceId), eq(spans.runId, runId)))
    .orderBy(spans.seq);
}

export async function findSpan(
  db: DbHandle,
  workspaceId: string,
  runId: string,
  spanId: string,
): Promise<SpanRow | null> {
  const [row] = await db
    .select()
    .from(spans)
    .where(and(eq(spans.workspaceId, workspaceId), eq(spans.runId, runId), eq(spans.id, spanId)));
  return row ?? null;
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

/** Spans that started or changed after a number of the run's counter: the material of step events. */
export async function spansChangedAfter(
  db: DbHandle,
  workspaceId: string,
  runId: string,
  after: number,
): Promise<SpanRow[]> {
  return db
    .select()
    .from(spans)
    .where(and(eq(spans.workspaceId, workspaceId), eq(spans.runId, runId), sql`${spans.rev} > ${after}`))
    .orderBy(spans.rev);
}

/** Spans directly or indirectly below one: an agent's turns and calls, attempts. */
export async function childSpans(db: DbHandle, workspaceId: string, runId: string, spanId: string): Promise<SpanRow[]> {
  const below = sql`with recursive below as (
      select id from spans where run_id = ${runId} and parent_id = ${spanId}
      union all select s.id from spans s join below b on s.parent_id = b.id where s.run_id = ${runId})
    select id from below`;
  return db
    .select()
    .from(spans)
    .where(and(eq(spans.workspaceId, workspaceId), eq(spans.runId, runId), sql`${spans.id} in (${below})`));
}

/** Rows that point to another run's spans, and the run's counter behind them. */
export async function insertReusedSpans(
  tx: Transaction,
  run: { id: string; workspaceId: string },
  rows: SpanRow[],
  rev: number,
): Promise<void> {
  for (let at = 0; at < rows.length; at += 1000) await tx.insert(spans).values(rows.slice(at, at + 1000));
  await tx
    .update(runs)
    .set({ rev })
    .where(and(eq(runs.workspaceId, run.workspaceId), eq(runs.id, run.id)));
}
