import { setTimeout as sleep } from "node:timers/promises";
import type { Batch, Reprise } from "#/lib/sdk/client.ts";
import { batchExitCode, batchProgress, isOver } from "./batch-view.ts";
import type { Cli } from "./cli.ts";
import { exitCode, type ExitCode } from "./exit-code.ts";
import { formatCost, formatStatus } from "./format.ts";

const intervalMs = 1000;

/**
 * Shows how a batch goes on until it is completed or aborted, or the time is up; a paused one is waited for as well.
 * Returns it as it is then, and the exit code: success of all, or that a run was not replayed or its replay ended without
 * success, or that the wait took too long.
 */
export async function followBatch(
  cli: Cli,
  id: string,
  timeoutMs: number | undefined,
): Promise<{ batch: Batch; code: ExitCode }> {
  const { output } = cli;
  const client = await cli.client();
  const batch = await followed(client, id, timeoutMs, (line) =>
    output.isJson ? output.note(line) : output.line(line),
  );
  if (!isOver(batch)) {
    output.note(`error: ${id} is still ${formatStatus(batch)} after the timeout. It continues.`);
    return { batch, code: exitCode.cancelled };
  }
  if (!output.isJson) {
    output.line(`${batch.id}  ${formatStatus(batch)}  ${formatCost(batch.costMicros)}`);
    for (const { code, count } of batch.refusals) output.line(`✗ ${count} ${code}`);
    output.line(cli.link(batch.url));
  }
  return { batch, code: batchExitCode(batch) };
}

async function followed(
  client: Reprise,
  id: string,
  timeoutMs: number | undefined,
  show: (line: string) => void,
): Promise<Batch> {
  const deadline = Date.now() + (timeoutMs ?? Infinity);
  for (let shown = ""; ;) {
    const batch = await client.runs.bulk.retrieve(id);
    const line = batchProgress(batch);
    if (line !== shown) show(line);
    shown = line;
    const leftMs = deadline - Date.now();
    if (isOver(batch) || leftMs <= 0) return batch;
    await sleep(Math.min(intervalMs, leftMs));
  }
}
