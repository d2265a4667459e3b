import type { CliCommand } from "../cli.ts";
import { wholeNumber } from "../option-values.ts";
import { showSchedules } from "../schedule-view.ts";

export const command: CliCommand<{ limit: number; cursor?: string }> = {
  configure: (command) =>
    command
      .option("-n, --limit <count>", "maximum number of schedules", wholeNumber(1, 100), 20)
      .option("--cursor <cursor>", "continue where an earlier list ended"),
  async run(cli, { limit, cursor }) {
    const client = await cli.client();
    showSchedules(cli.output, await client.schedules.list({ limit, ...(cursor === undefined ? {} : { cursor }) }));
  },
};
