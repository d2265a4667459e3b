import type { CliCommand } from "../cli.ts";
import { readJsonInput } from "../read-input.ts";
import { showSchedule } from "../schedule-view.ts";

type Options = {
  workflow: string;
  cron: string;
  timeZone?: string;
  json?: string;
  env?: string;
  catchUp?: boolean;
  disabled?: boolean;
};

export const command: CliCommand<Options> = {
  configure: (command) =>
    command
      .requiredOption("-w, --workflow <slug>", "the workflow")
      .requiredOption("--cron <expression>", "when, such as '0 9 * * 1-5' or @daily")
      .option("--time-zone <zone>", "by the clocks of this time zone (default: UTC)")
      .option("-j, --json <file>", "the payload, as JSON (- for stdin)")
      .option("--env <name>", "in this environment")
      .option("--catch-up", "run once, late, after an outage instead of skipping what was missed")
      .option("--disabled", "do not start yet"),
  async run(cli, { workflow, cron, timeZone, json, env, catchUp, disabled }) {
    const payload = json === undefined ? undefined : await readJsonInput(json);
    const client = await cli.client();
    const schedule = await client.schedules.create({
      ...{ workflow, cron },
      ...(timeZone === undefined ? {} : { timeZone }),
      ...(payload === undefined ? {} : { payload }),
      ...(env === undefined ? {} : { environment: env }),
      ...(catchUp ? { catchUp } : {}),
      ...(disabled ? { enabled: false } : {}),
    });
    showSchedule(cli.output, schedule);
  },
};
