import type { BatchAccepted, BulkReplayRequest, Reprise } from "#/lib/sdk/client.ts";
import { confirm } from "./ask.ts";
import { batchPreflightExitCode, batchPreflightLines, possible } from "./batch-preflight-view.ts";
import type { Cli } from "./cli.ts";
import { type ExitCode } from "./exit-code.ts";
import { formatDuration } from "./format.ts";

/** Shows what a batch would do; nothing is made. */
export async function previewBatch(cli: Cli, client: Reprise, wanted: BulkReplayRequest): Promise<ExitCode> {
  const preflight = await client.runs.bulk.preflight(wanted);
  if (cli.output.isJson) cli.output.json(preflight);
  else batchPreflightLines(preflight).forEach((line) => cli.output.line(line));
  return batchPreflightExitCode(preflight);
}

/** Makes a batch, after a yes if `asks`. Throws a CliError when the user says no. */
export async function submitBatch(
  cli: Cli,
  client: Reprise,
  wanted: BulkReplayRequest,
  { asks }: { asks: boolean },
): Promise<BatchAccepted> {
  if (asks) await ask(cli, client, wanted);
  const batch = await client.runs.bulk.replay(wanted);
  if (!cli.output.isJson) {
    cli.output.line(`${batch.id}  ${batch.total} run${batch.total === 1 ? "" : "s"}  ${cli.link(batch.url)}`);
    if (batch.etaSeconds) cli.output.note(`All are submitted in about ${formatDuration(batch.etaSeconds * 1000)}.`);
  }
  return batch;
}

async function ask(cli: Cli, client: Reprise, wanted: BulkReplayRequest): Promise<void> {
  const preflight = await client.runs.bulk.preflight(wanted);
  for (const line of batchPreflightLines(preflight)) cli.output.note(line);
  await confirm(`Replay ${possible(preflight)} run${preflight.total === 1 ? "" : "s"}?`);
}
