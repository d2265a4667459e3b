import postgres from "postgres";
import { newId } from "#/lib/core/ids.ts";
import { inParallel } from "./measure.ts";
import { stepBodies, stepCount, type Kind } from "./ten-steps.ts";

/**
 * The reference of the engine benchmark, a process of its own: writes the rows that the engine would write for a step
 * (span, bodies, and the log line of a call), the same columns, one commit a step, and does nothing else. No claim, no fence, no
 * expressions, no end of the run.
 */
const sql = postgres(process.env["DATABASE_URL"] ?? "", { max: 25, onnotice: () => {} });

type Task = { kind: Kind; runs: { id: string; workspaceId: string }[]; clients: number };

process.on("message", (task: Task) => void write(task).then(() => process.send?.({ done: true })));
process.on("SIGTERM", () => void sql.end().then(() => process.exit(0)));
await sql`select 1`;
process.send?.({ ready: true });

async function write({ kind, runs, clients }: Task): Promise<void> {
  await inParallel(clients, runs.length, async (index) => {
    const run = runs[index];
    if (run) for (let step = 0; step < stepCount; step++) await writeStep(kind, run, step);
  });
}

function writeStep(kind: Kind, run: Task["runs"][number], step: number) {
  const id = newId("span");
  const key = `s${step}`;
  const now = new Date();
  const isCall = kind === "tool";
  const { input, output } = stepBodies(kind, step);
  const text = (value: object | null) => value && JSON.stringify(value);
  // A call is told by a log line as well.
  const line = !isCall
    ? sql``
    : sql`, line as (
      insert into run_logs (run_id, workspace_id, seq, span_id, node_id, level, message, at, data)
      values (${run.id}, ${run.workspaceId}, ${(step * 2 + 4) * 100}, ${id}, ${key}, 'info', 'json.pointer answered in 1 ms', ${now},
        ${text({ status: null, durationMs: 1 })}::text::json))`;
  return sql`
    with span as (
      insert into spans (id, workspace_id, run_id, parent_id, key, kind, node_id, name, status, attempt, seq, start_rev,
        rev, started_at, finished_at, output_bytes, model_ref, prompt_artifact, prompt_hash, made_call, input_tokens, output_tokens,
        cache_read_tokens, cache_write_tokens, reasoning_tokens, cost_micros, effect_verdict, mutating, effect_why,
        call_signature, tool, against_original, recorded_run, recorded_span, reused_run, reused_span, error)
      values (${id}, ${run.workspaceId}, ${run.id}, null, ${key}, ${kind}, ${key}, ${isCall ? "json.pointer" : key}, 'completed', 1, ${step + 1},
        ${step * 2 + 3}, ${step * 2 + 4}, ${now}, ${now}, ${JSON.stringify(output).length}, null, null, null, false, null, null, null, null, null, null,
        ${isCall ? "live" : null}, false, ${isCall ? "a built-in tool that only reads" : null},
        ${isCall ? `sha256:${id.padEnd(64, "0")}` : null}, ${isCall ? "json.pointer" : null}, null, null, null, null, null, null))${line}
    insert into span_bodies (span_id, input, output, attributes)
    values (${id}, ${text(input)}::text::json, ${text(output)}::text::json, null)`;
}
