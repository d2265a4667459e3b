import { sql, type SQL } from "drizzle-orm";
import type { Transaction } from "#/db/client.ts";
import type { Json, JsonObject } from "#/lib/contract/json.ts";
import type { RunError } from "#/lib/contract/run.ts";
import { finalStatuses, type RunStatus, type StatusReason } from "#/lib/contract/status.ts";
import { sourcesOf } from "./lifecycle.ts";
import { standingClock } from "./run-clock-store.ts";
import type { Totals } from "./totals-store.ts";

/** How a run ends. With an `owner`, only while that owner holds it; `rev` is the number of its holder's last event. */
export type RunEnd = {
  run: { id: string; workspaceId: string };
  owner: string | undefined;
  status: RunStatus;
  reason: StatusReason | null;
  rev: number | undefined;
  error: RunError | null;
  output: Json;
  totals: Totals["totals"];
  event: { type: string; data: JsonObject };
};

/** Text of each column of `ending`, and its type; JSON travels as text, which keeps every escape (span-store.ts). */
const columns: { [name: string]: [type: string, valueOf: (end: RunEnd, place: number) => string | number | null] } = {
  place: ["int", (_, place) => place],
  id: ["text", ({ run }) => run.id],
  workspace_id: ["text", ({ run }) => run.workspaceId],
  owner: ["text", ({ owner }) => owner ?? null],
  status: ["text", ({ status }) => status],
  reason: ["text", ({ reason }) => reason],
  rev: ["int", ({ rev }) => rev ?? null],
  error: ["json", ({ error }) => jsonText(error)],
  output: ["json", ({ output }) => jsonText(output)],
  steps: ["int", ({ totals }) => totals.steps],
  input_tokens: ["bigint", ({ totals }) => totals.inputTokens],
  output_tokens: ["bigint", ({ totals }) => totals.outputTokens],
  cache_read_tokens: ["bigint", ({ totals }) => totals.cacheReadTokens],
  cache_write_tokens: ["bigint", ({ totals }) => totals.cacheWriteTokens],
  reasoning_tokens: ["bigint", ({ totals }) => totals.reasoningTokens],
  cost_micros: ["bigint", ({ totals }) => totals.costMicros],
  models: ["json", ({ totals }) => jsonText(totals.models)],
  prompts: ["json", ({ totals }) => jsonText(totals.prompts)],
  effects: ["json", ({ totals }) => jsonText(totals.effects)],
  event: ["text", ({ event }) => event.type],
  data: ["json", ({ event }) => jsonText(event.data)],
};

const names = sql.raw(Object.keys(columns).join(", "));
const values = sql.raw(
  Object.entries(columns)
    .map(([name, [type]]) => (type === "text" ? name : `${name}::${type} as ${name}`))
    .join(", "),
);
/** What of it the run keeps as it is. */
const keptNames = Object.keys(columns).filter(
  (name) => ["steps", "cost_micros", "prompts", "effects", "error"].includes(name) || name.endsWith("_tokens"),
);
const kept = sql.raw(keptNames.map((name) => `${name} = ending.${name}`).join(", "));

/** Only from a status that leads there (lifecycle.ts). */
const mayEnd: SQL = sql.join(
  [...finalStatuses].map((to) => {
    const from = sql.raw(
      sourcesOf(to)
        .map((status) => `'${status}'`)
        .join(", "),
    );
    return sql`(ending.status = ${sql.raw(`'${to}'`)} and runs.status in (${from}))`;
  }),
  sql` or `,
);

/**
 * Ends runs in one statement of the caller's transaction: status, totals, output and lifecycle event. Returns those
 * that have ended. The others are left as they are: their status does not lead there, or their owner no longer holds
 * them. A run does not end before its start, should the clocks of the statements differ. Without its holder's count, its
 * last number comes after everything that a holder, who may be dead, has committed.
 */
export async function endRuns(tx: Transaction, ends: readonly RunEnd[]): Promise<RunEnd[]> {
  if (ends.length === 0) return [];
  const given = Object.values(columns).map(
    ([, valueOf]) => sql`${sql.param(ends.map((end, place) => valueOf(end, place)?.toString() ?? null))}::text[]`,
  );
  const { deadlineAt, remainingMs } = standingClock();
  const rows = await tx.execute<{ place: number }>(sql`
    with ending as materialized (
      select ${values} from unnest(${sql.join(given, sql`, `)}) as given(${names})
    ), changed as (
      update runs set status = ending.status, status_reason = ending.reason, owner = null, admitted_at = null,
        control = null, control_reason = null, due_at = null, deadline_at = ${deadlineAt}, remaining_ms = ${remainingMs},
        finished_at = greatest(now(), started_at),
        models = array(select json_array_elements_text(ending.models)), ${kept},
        rev = coalesce(ending.rev,
          greatest(runs.rev, (select coalesce(max(s.rev), 0) from spans s where s.run_id = ending.id)) + 1)
      from ending
      where runs.workspace_id = ending.workspace_id and runs.id = ending.id and (${mayEnd})
        and (ending.owner is null or runs.owner = ending.owner)
      returning ending.place, runs.id, runs.workspace_id, runs.rev, ending.event, ending.data, ending.output
    ), body as (
      update run_bodies set output = changed.output from changed
      where changed.output is not null
        and run_bodies.workspace_id = changed.workspace_id and run_bodies.run_id = changed.id
    ), events as (
      insert into run_events (run_id, workspace_id, seq, type, at, data)
      select id, workspace_id, rev, event, now(), data from changed
    )
    select place from changed`);
  return rows.flatMap(({ place }) => ends[place] ?? []);
}

/** Null stays SQL's null. */
function jsonText(value: Json | object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}
