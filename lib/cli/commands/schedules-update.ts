import type { CliCommand } from "../cli.ts";
import { usageError } from "../exit-code.ts";
import { readJsonInput } from "../read-input.ts";
import { showSchedule } from "../schedule-view.ts";

type Options = { cron?: string; timeZone?: string; json?: string; env?: string; enable?: boolean; disable?: boolean };

export const command: CliCommand<Options, [id: string]> = {
  configure: (command) =>
    command
      .argument("<id>", "the schedule")
      .option("--cron <expression>", "when, such as '0 9 * * 1-5' or @daily")
      .option("--time-zone <zone>", "by the clocks of this time zone")
      .option("-j, --json <file>", "another payload, as JSON (- for stdin)")
      .option("--env <name>", "in this environment")
      .option("--enable", "start runs again")
      .option("--disable", "start no more runs"),
  async run(cli, { cron, timeZone, json, env, enable, disable }, id) {
    if (enable && disable) throw usageError("--enable or --disable, not both.");
    const payload = json === undefined ? undefined : await readJsonInput(json);
    const change = {
      ...(cron === undefined ? {} : { cron }),
      ...(timeZone === undefined ? {} : { timeZone }),
      ...(payload === undefined ? {} : { payload }),
      ...(env === undefined ? {} : { environment: env }),
      ...(enable || disable ? { enabled: enable === true } : {}),
    };
    if (Object.keys(change).length === 0) throw usageError("Nothing to change: name at least one option.");
    showSchedule(cli.output, await (await cli.client()).schedules.update(id, change));
  },
};
