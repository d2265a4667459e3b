import { RepriseError, type Batch } from "#/lib/sdk/client.ts";
import { batchExitCode, batchProgress } from "./batch-view.ts";
import type { Cli } from "./cli.ts";
import { exitCodeFor, type ExitCode } from "./exit-code.ts";
import { formatCost, formatStatus } from "./format.ts";

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
  let last: { batch: Batch; line: string } | null = null;
  const onPoll = (batch: Batch) => {
    const line = batchProgress(batch);
    if (line !== last?.line) (output.isJson ? output.note : output.line).call(output, line);
    last = { batch, line };
  };
  try {
    const batch = await client.runs.bulk.poll(id, { onPoll, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
    if (!output.isJson) showEnd(cli, batch);
    return { batch, code: batchExitCode(batch) };
  } catch (error) {
    const seen = last as { batch: Batch } | null;
    if (!(error instanceof RepriseError) || error.code !== "wait_timed_out" || seen === null) throw error;
    output.note(`error: ${id}: ${error.message} It continues.`);
    return { batch: seen.batch, code: exitCodeFor(error.code) };
  }
}

function showEnd(cli: Cli, batch: Batch): void {
  const { output } = cli;
  output.line(`${batch.id}  ${formatStatus(batch)}  ${formatCost(batch.costMicros)}`);
  for (const { code, count } of batch.refusals) output.line(`✗ ${count} ${code}`);
  output.line(cli.link(batch.url));
}
