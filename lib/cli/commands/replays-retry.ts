import type { CliCommand } from "../cli.ts";
import { showBatch } from "../batch-view.ts";

export const command: CliCommand<object, [id: string]> = {
  configure: (command) => command.argument("<id>", "the batch"),
  async run(cli, _options, id) {
    showBatch(cli, await (await cli.client()).runs.bulk.retry(id));
  },
};
