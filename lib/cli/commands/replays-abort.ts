import type { CliCommand } from "../cli.ts";
import { showBatch } from "../batch-view.ts";

export const command: CliCommand<{ cancelRuns?: boolean }, [id: string]> = {
  configure: (command) =>
    command.argument("<id>", "the batch").option("--cancel-runs", "also cancel its replays that have not ended"),
  async run(cli, { cancelRuns = false }, id) {
    showBatch(cli, await (await cli.client()).runs.bulk.abort(id, { cancelRuns }));
  },
};
