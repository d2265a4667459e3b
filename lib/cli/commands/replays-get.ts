import { showBatch } from "../batch-view.ts";
import type { CliCommand } from "../cli.ts";

export const command: CliCommand<object, [id: string]> = {
  configure: (command) => command.argument("<id>", "the batch"),
  async run(cli, _options, id) {
    showBatch(cli.output, await (await cli.client()).runs.bulk.retrieve(id));
  },
};
