import { type SQL, sql } from "drizzle-orm";
import type { DbHandle } from "#/db/client.ts";
import type { Json } from "#/lib/contract/json.ts";
import type { MappingPairs } from "#/lib/contract/replay.ts";

/** A run and the run that it replays, with the node mapping (source's ids → its own) of its plan. */
export type LineageLink = { id: string; replayOf: string | null; nodeMapping: MappingPairs };

/** `bytes`: of input and output together, as JSON text. */
export type BodyDigest = { id: string; input: string | null; output: string | null; bytes: number };
export type StepBody = { id: string; input: Json; output: Json };

/** These runs of the workspace and every run above them, each with the node mapping of its replay plan. */
export async function lineageLinks(db: DbHandle, workspaceId: string, runIds: string[]): Promise<LineageLink[]> {
  const rows = await db.execute<{ id: string; replay_of: string | null; node_mapping: MappingPairs | null }>(sql`
    with recursive line as (
      select id, replay_of from runs where workspace_id = ${workspaceId} and ${isOneOf(sql`id`, runIds)}
      union
      select above.id, above.replay_of from runs above join line on above.id = line.replay_of
      where above.workspace_id = ${workspaceId})
    select line.id, line.replay_of, body.replay_plan->'overrides'->'nodeMapping' as node_mapping
    from line left join run_bodies body on body.run_id = line.id`);
  return rows.map((row) => ({ id: row.id, replayOf: row.replay_of, nodeMapping: row.node_mapping ?? {} }));
}

/**
 * A digest of input and output, and their size, for every step and call of these runs: equal bodies need not be read.
 */
export async function bodyDigests(
  db: DbHandle,
  workspaceId: string,
  runIds: string[],
): Promise<Map<string, BodyDigest>> {
  const rows = await db.execute<BodyDigest>(sql`
    select span.id, md5(body.input::text) as input, md5(body.output::text) as output,
      coalesce(octet_length(body.input::text), 0) + coalesce(octet_length(body.output::text), 0) as bytes
    ${withBodies(workspaceId)} and ${isOneOf(sql`span.run_id`, runIds)} and span.kind <> 'attempt'`);
  return new Map(rows.map((row) => [row.id, row]));
}

/** As bodyDigests, for these spans, with each of these texts replaced by its stand-in. */
export async function plainDigests(
  db: DbHandle,
  workspaceId: string,
  spanIds: string[],
  texts: readonly (readonly [text: string, standsFor: string])[],
): Promise<Map<string, Omit<BodyDigest, "bytes">>> {
  if (spanIds.length === 0) return new Map();
  const plain = (column: SQL) =>
    sql`md5(${texts.reduce((rest, [text, standsFor]) => sql`replace(${rest}, ${text}, ${standsFor})`, sql`${column}::text`)})`;
  const rows = await db.execute<BodyDigest>(sql`
    select span.id, ${plain(sql`body.input`)} as input, ${plain(sql`body.output`)} as output
    ${withBodies(workspaceId)} and ${isOneOf(sql`span.id`, spanIds)}`);
  return new Map(rows.map((row) => [row.id, row]));
}

/** Bodies of these spans; a reused one has those of the span that it points to. */
export async function stepBodies(db: DbHandle, workspaceId: string, spanIds: string[]): Promise<Map<string, StepBody>> {
  if (spanIds.length === 0) return new Map();
  const rows = await db.execute<StepBody>(sql`
    select span.id, body.input, body.output ${withBodies(workspaceId)} and ${isOneOf(sql`span.id`, spanIds)}`);
  return new Map(rows.map((row) => [row.id, row]));
}

/** Only bodies of spans of this workspace, wherever a reused span may point. */
function withBodies(workspaceId: string) {
  return sql`from spans span
    join spans source on source.id = coalesce(span.reused_span, span.id) and source.workspace_id = ${workspaceId}
    join span_bodies body on body.span_id = source.id
    where span.workspace_id = ${workspaceId}`;
}

/** Passes ids as one parameter: a list of them would exceed the limit of parameters in long runs. */
function isOneOf(column: ReturnType<typeof sql>, ids: string[]) {
  return sql`${column} in (select json_array_elements_text(${JSON.stringify(ids)}::text::json))`;
}
