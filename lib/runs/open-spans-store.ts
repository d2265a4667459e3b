import { sql } from "drizzle-orm";
import type { Transaction } from "#/db/client.ts";

const open = sql`('running', 'waiting')`;

/**
 * A span whose call of a model was under way when its worker was lost: it may have been paid for, so it counts as a
 * call of unknown cost (model-call.ts).
 */
export const lostModelCall = sql`(status = 'running' and kind in ('model', 'model_call'))`;

/**
 * Ends the spans that a lost worker left open in a run that ends without continuing: as cancelled, or with an unknown
 * outcome where a mutating call may have left; a call of a model counts as one of unknown cost. Each takes a number of the run's counter. Returns how many.
 */
export async function closeOpenSpans(tx: Transaction, run: { id: string; owner?: string }): Promise<number> {
  const held = run.owner === undefined ? sql`true` : sql`r.owner = ${run.owner}`;
  const closed = await tx.execute(sql`
    with left_open as (
      select id, row_number() over (order by seq desc) as place,
        (select max(rev) from spans where run_id = ${run.id}) as last
      from spans where run_id = ${run.id} and status in ${open}
        and exists (select 1 from runs r where r.id = ${run.id} and r.finished_at is null and ${held}))
    update spans set status = 'cancelled', finished_at = now(), made_call = made_call or ${lostModelCall},
      rev = (select greatest(left_open.last, r.rev) from runs r where r.id = ${run.id}) + left_open.place,
      error = case when mutating
        then '{"code":"unknown_outcome","message":"The call was sent and its outcome is unknown."}'::json
        else '{"code":"cancelled","message":"The run ended before this step did."}'::json end
    from left_open where spans.id = left_open.id
    returning spans.id`);
  return closed.length;
}
