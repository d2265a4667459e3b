import type { CliCommand } from "../cli.ts";
import { formatStatus } from "../format.ts";

export const command: CliCommand<object, [id: string]> = {
  configure: (command) => command.argument("<id>", "the run"),
  async run(cli, _options, id) {
    const run = await (await cli.client()).runs.pause(id);
    if (cli.output.isJson) return cli.output.json(run);
    cli.output.line(`${run.id}  ${formatStatus(run)}`);
  },
};
