import type { RunStatus } from "#/lib/contract/status.ts";
import type { CliCommand } from "../cli.ts";
import { chosenRunIds } from "../chosen-runs.ts";
import { exitCode, type ExitCode } from "../exit-code.ts";
import { formatStatus } from "../format.ts";
import { reportError } from "../report-error.ts";
import { addRunFilterOptions, hasFilter, type RunFilterOptions } from "../run-filter-options.ts";

const open: RunStatus[] = ["pending", "running", "waiting", "paused"];

export const command: CliCommand<RunFilterOptions, [ids: string[]]> = {
  configure: (command) =>
    addRunFilterOptions(command.argument("[ids...]", "the runs; or select them with filters"), 20),
  async run(cli, options, given) {
    const client = await cli.client();
    const filter = hasFilter(options) && !options.status ? { ...options, status: open } : options;
    const runs = [];
    let code: ExitCode = exitCode.ok;
    for (const id of await chosenRunIds(cli, client, given, filter, "Cancel")) {
      try {
        const run = await client.runs.cancel(id);
        runs.push(run);
        if (!cli.output.isJson) cli.output.line(`${run.id}  ${formatStatus(run)}`);
      } catch (error) {
        if (given.length === 1) throw error;
        cli.output.note(`${id}:`);
        code = reportError(error, process.stderr) as ExitCode;
      }
    }
    if (cli.output.isJson) cli.output.json({ ids: runs.map((run) => run.id), runs });
    return code;
  },
};
