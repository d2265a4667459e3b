import type { CliCommand } from "../cli.ts";
import { formatStatus } from "../format.ts";

export const command: CliCommand<{ delay: string }, [id: string]> = {
  configure: (command) =>
    command
      .argument("<id>", "the run")
      .requiredOption("--delay <delay>", "start after a duration such as 10m, or at a time"),
  async run(cli, { delay }, id) {
    const run = await (await cli.client()).runs.reschedule(id, { delay });
    if (cli.output.isJson) return cli.output.json(run);
    cli.output.line(`${run.id}  ${formatStatus(run)}`);
  },
};
