import type { CliCommand } from "../cli.ts";
import { showRun, showSteps } from "../run-views.ts";

export const command: CliCommand<object, [id: string]> = {
  configure: (command) => command.argument("<id>", "the run"),
  async run(cli, _options, id) {
    const client = await cli.client();
    const [run, steps] = await Promise.all([client.runs.retrieve(id), client.runs.steps(id)]);
    // The contract's `steps` is their number; here it gives way to the steps themselves.
    if (cli.output.isJson) return cli.output.json({ ...run, stepCount: run.steps, steps });
    showRun(cli.output, run, cli.link(run.url));
    cli.output.line();
    showSteps(cli.output, steps);
  },
};
