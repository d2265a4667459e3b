import type { ReplayRequest } from "#/lib/contract/replay.ts";
import type { Reprise } from "#/lib/sdk/client.ts";
import type { Cli, CliCommand } from "../cli.ts";
import { exitCode, usageError, type ExitCode } from "../exit-code.ts";
import { formatStatus } from "../format.ts";
import { duration } from "../option-values.ts";
import { addReplayOptions, replayRequestOf, type ReplayCommandOptions } from "../replay-options.ts";
import { reportError } from "../report-error.ts";
import { followBatch } from "../follow-batch.ts";
import { addRunFilterOptions, type RunFilterOptions } from "../run-filter-options.ts";
import { isByFilter, selectionOf } from "../run-selection.ts";
import { previewBatch, submitBatch } from "../submit-batch.ts";
import { showPreflight } from "../preflight-view.ts";
import { waitForRuns } from "../wait-for-runs.ts";

type Options = ReplayCommandOptions &
  RunFilterOptions & { wait?: boolean; timeout?: number; preflight?: boolean; idempotencyKey?: string };

export const command: CliCommand<Options, [ids: string[]]> = {
  configure: (command) =>
    addRunFilterOptions(
      addReplayOptions(
        command.argument("[ids...]", "the runs; or select them with filters, to replay them as a batch"),
      ),
      "replay",
    )
      .option("--preflight", "only show what the replay would do and what would block it")
      .option("--idempotency-key <key>", "the same key returns the same replay, or batch (not for several ids)")
      .option("--wait", "wait until the replays have ended")
      .option("--timeout <duration>", "maximum time to wait", duration),
  async run(cli, options, given) {
    return isByFilter(given, options) ? replayMatching(cli, options) : replayNamed(cli, given, options);
  },
};

/** What filters choose is one batch, which waits for the quota and leaves out what cannot be replayed. */
async function replayMatching(cli: Cli, options: Options): Promise<ExitCode> {
  const asks = !options.preflight && cli.asks();
  const client = await cli.client();
  const request = await replayRequestOf(options);
  const chosen = await selectionOf(cli, client, [], options);
  if (chosen === null) {
    if (cli.output.isJson) cli.output.json({ batch: null, total: 0 });
    return exitCode.ok;
  }
  const wanted = { ...chosen, request, ...keyOf(options) };
  if (options.preflight) return previewBatch(cli, client, wanted);
  const { id, total } = await submitBatch(cli, client, wanted, { asks });
  if (!options.wait) {
    if (cli.output.isJson) cli.output.json({ batch: id, total });
    return exitCode.ok;
  }
  const { batch, code } = await followBatch(cli, id, options.timeout);
  if (cli.output.isJson) cli.output.json({ batch: id, ...batch });
  return code;
}

async function replayNamed(cli: Cli, ids: string[], options: Options): Promise<ExitCode> {
  const client = await cli.client();
  const request = await replayRequestOf(options);
  if (options.idempotencyKey !== undefined && ids.length > 1)
    throw usageError("--idempotency-key takes one run, not several.");
  if (options.preflight) return preflight(cli, client, ids, request);
  const submitted = await submitAll(cli, client, ids, { ...request, ...keyOf(options) });
  if (!options.wait || submitted.code !== 0) {
    if (cli.output.isJson) cli.output.json({ ids: submitted.ids });
    return submitted.code;
  }
  const { ended, code } = await waitForRuns(client, submitted.ids, {
    timeoutMs: options.timeout,
    output: cli.output,
  });
  if (cli.output.isJson) cli.output.json({ ids: submitted.ids, runs: ended });
  else for (const run of ended) cli.output.line(`${run.id}  ${formatStatus(run)}`);
  return code;
}

function keyOf({ idempotencyKey }: Options) {
  return idempotencyKey === undefined ? {} : { idempotencyKey };
}

/** One after the other; stops at the first refusal, but still reports what was submitted before. */
async function submitAll(
  cli: Cli,
  client: Reprise,
  runIds: string[],
  request: ReplayRequest & { idempotencyKey?: string },
): Promise<{ ids: string[]; code: ExitCode }> {
  const ids: string[] = [];
  for (const runId of runIds) {
    try {
      const run = await client.runs.replay(runId, request);
      ids.push(run.id);
      if (!cli.output.isJson) cli.output.line(`${run.id}  replay of ${runId}  ${cli.link(run.url)}`);
    } catch (error) {
      if (ids.length === 0) throw error;
      cli.output.note(`${runId} and the runs after it were not submitted (${ids.length} of ${runIds.length} were).`);
      return { ids, code: reportError(error, process.stderr) as ExitCode };
    }
  }
  return { ids, code: 0 };
}

async function preflight(cli: Cli, client: Reprise, ids: string[], request: ReplayRequest): Promise<ExitCode> {
  const [id] = ids;
  if (id === undefined || ids.length > 1)
    throw usageError("--preflight takes one run; for several: reprise replays batch --preflight.");
  const answer = await client.runs.preflight(id, request);
  if (cli.output.isJson) cli.output.json(answer);
  return showPreflight(cli.output, answer);
}
