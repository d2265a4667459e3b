import type { CliCommand } from "../cli.ts";

export const command: CliCommand<object, [id: string]> = {
  configure: (command) => command.argument("<id>", "the schedule"),
  async run(cli, _options, id) {
    await (await cli.client()).schedules.delete(id);
    if (cli.output.isJson) return cli.output.json({ id, deleted: true });
    cli.output.line(`${id}  deleted`);
  },
};
