import type { RunStatus } from "#/lib/contract/status.ts";
import type { Reprise } from "#/lib/sdk/client.ts";
import type { Cli, CliCommand } from "../cli.ts";
import { exitCode, exitCodeFor, type ExitCode } from "../exit-code.ts";
import { formatStatus } from "../format.ts";
import { addRunFilterOptions, type RunFilterOptions } from "../run-filter-options.ts";
import { confirmCancel, isByFilter, selectionOf } from "../run-selection.ts";

const open: RunStatus[] = ["pending", "running", "waiting", "paused"];

export const command: CliCommand<RunFilterOptions, [ids: string[]]> = {
  configure: (command) =>
    addRunFilterOptions(command.argument("[ids...]", "the runs; or select them with filters"), "cancel"),
  async run(cli, options, given) {
    const client = await cli.client();
    const [only, ...others] = given;
    if (isByFilter(given, options))
      return cancelMany(cli, client, given, options.status ? options : { ...options, status: open });
    if (only !== undefined && others.length === 0) return cancelOne(cli, client, only);
    return cancelMany(cli, client, given, options);
  },
};

async function cancelOne(cli: Cli, client: Reprise, id: string): Promise<void> {
  const run = await client.runs.cancel(id);
  if (cli.output.isJson) return cli.output.json({ ids: [run.id], runs: [run] });
  cli.output.line(`${run.id}  ${formatStatus(run)}`);
}

/** Reports what could not be cancelled; that ends nothing. */
async function cancelMany(cli: Cli, client: Reprise, given: string[], filters: RunFilterOptions): Promise<ExitCode> {
  const asks = given.length === 0 && cli.asks();
  const chosen = await selectionOf(cli, client, given, filters);
  if (chosen === null) {
    if (cli.output.isJson) cli.output.json({ ids: [], cancelled: [], notCancellable: [] });
    return exitCode.ok;
  }
  const answer = await client.runs.cancelMany(asks ? await confirmCancel(client, chosen, filters) : chosen);
  if (cli.output.isJson) cli.output.json({ ids: answer.cancelled, ...answer });
  else for (const id of answer.cancelled) cli.output.line(`${id}  cancelled`);
  for (const { id, code } of answer.notCancellable) cli.output.note(`error: ${id}: ${code}`);
  const [first] = answer.notCancellable;
  return first ? exitCodeFor(first.code) : exitCode.ok;
}
