import type { CliCommand } from "../cli.ts";
import { showSchedule } from "../schedule-view.ts";

export const command: CliCommand<object, [id: string]> = {
  configure: (command) => command.argument("<id>", "the schedule"),
  async run(cli, _options, id) {
    showSchedule(cli.output, await (await cli.client()).schedules.retrieve(id));
  },
};
