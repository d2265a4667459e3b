import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import type { PressureStage } from "./pressure-stage.ts";

/** What is left of an attack that takes longer than this to end is measured with the next one. */
const patienceMs = 20_000;
const settleMs = 300;

/** Cancels what the hostile tenant has left under way, so that one attack is not measured with the next. */
export async function calmDown({ stack, servers, hostile, second, hostileIds }: PressureStage): Promise<void> {
  servers.hangUp();
  const sql = postgres(stack.databaseUrl, { max: 1, onnotice: () => {} });
  try {
    for (const until = performance.now() + patienceMs; performance.now() < until; await sleep(settleMs)) {
      const open = await sql<{ id: string; workspace: string }[]>`
        select id, workspace_id as workspace from runs where workspace_id = any(${hostileIds}) and finished_at is null`;
      if (open.length === 0) break;
      const cancel = ({ id, workspace }: { id: string; workspace: string }) =>
        (workspace === hostileIds[0] ? hostile : second).status("POST", `/runs/${id}/cancel`).catch(() => 0);
      await Promise.all(open.slice(0, 50).map(cancel));
    }
  } finally {
    await sql.end({ timeout: 5 });
  }
  await sleep(settleMs);
}
