import { replayQuota } from "#/lib/contract/replay.ts";
import type { Observer } from "./observer.ts";
import type { ChaosWorkspace } from "./stage.ts";
import type { Violations } from "./violations.ts";

/** A batch whose acceptance was read, with the runs that it was asked to replay. */
export type AcceptedBatch = { id: string; workspace: ChaosWorkspace; runIds: readonly string[] };

type Item = { batch: string; run: string; status: string; code: string | null; replay: string | null };
type Replay = { id: string; batch: string; source: string };

/** Every item of every batch was decided once: a submitted one has exactly one run, which is a replay of its source. */
export async function checkBatches(
  accepted: Iterable<AcceptedBatch>,
  observer: Observer,
  violations: Violations,
): Promise<void> {
  const rows = await observer.ask<{ id: string; status: string }>((sql) => sql`select id, status from replay_batches`);
  const items = await observer.ask<Item>(
    (sql) => sql`select batch_id as batch, run_id as run, status, code, new_run_id as replay from replay_batch_items`,
  );
  const replays = await observer.ask<Replay>(
    (sql) =>
      sql`select id, batch_id as batch, replay_of as source from runs where batch_id is not null and parent_run is null`,
  );
  const statuses = new Map(rows.map(({ id, status }) => [id, status]));
  const promised = new Set<string>();
  for (const { id, runIds } of accepted) {
    promised.add(id);
    if (statuses.get(id) !== "completed") violations.add("batch_not_completed", `${id} ${statuses.get(id)}`);
    const own = items.filter(({ batch }) => batch === id);
    const asked = new Set(runIds);
    if (own.length !== asked.size || own.some(({ run }) => !asked.has(run)))
      violations.add("batch_of_other_runs", `${id}: ${own.length} items for ${asked.size} runs`);
    for (const { run, status, code } of own)
      if (status !== "submitted" && !(status === "refused" && code !== null))
        violations.add("batch_item_undecided", `${id} ${run} ${status}`);
  }
  for (const { id } of rows) if (!promised.has(id)) violations.add("batch_that_nobody_was_promised", id);
  const byId = new Map(replays.map((replay) => [replay.id, replay]));
  for (const { batch, run, replay } of items) {
    if (replay === null) continue;
    const made = byId.get(replay);
    if (!made || made.batch !== batch || made.source !== run)
      violations.add("batch_item_without_its_run", `${batch} ${run}`);
    byId.delete(replay);
  }
  for (const { id, batch } of byId.values()) violations.add("batch_made_a_run_twice", `${batch} ${id}`);
}

/** In no rolling minute more replays than the quota, nor more of batches than their share: by the times that are shown. */
export async function checkPace(
  workspaces: readonly ChaosWorkspace[],
  batchPace: number,
  observer: Observer,
  violations: Violations,
): Promise<void> {
  for (const { id } of workspaces)
    for (const [kind, limit, ofBatches] of [
      ["replay_quota_exceeded", replayQuota.limit, false],
      ["batch_pace_exceeded", batchPace, true],
    ] as const) {
      const early = await observer.ask<{ id: string; ms: number }>(
        (sql) => sql`select id, ms from (
          select id, extract(epoch from created_at - lag(created_at, ${limit}) over (order by created_at)) * 1000 as ms
          from runs where workspace_id = ${id} and replay_of is not null and parent_run is null
            and (not ${ofBatches} or batch_id is not null)) paced
          where ms < ${replayQuota.windowMs}`,
      );
      for (const run of early) violations.add(kind, `${id} ${run.id}: ${limit + 1} within ${run.ms} ms`);
    }
}
