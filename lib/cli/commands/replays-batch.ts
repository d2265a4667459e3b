import type { CliCommand } from "../cli.ts";
import { chosenRunIds } from "../chosen-runs.ts";
import { addReplayOptions, replayRequestOf, type ReplayCommandOptions } from "../replay-options.ts";
import { addRunFilterOptions, type RunFilterOptions } from "../run-filter-options.ts";

type Options = ReplayCommandOptions & RunFilterOptions & { name?: string };

export const command: CliCommand<Options, [ids: string[]]> = {
  configure: (command) =>
    addRunFilterOptions(
      addReplayOptions(command.argument("[ids...]", "the runs; or select them with filters")),
      1000,
      "replay",
    ).option("--name <name>", "the batch's name"),
  async run(cli, options, given) {
    const client = await cli.client();
    const request = await replayRequestOf(options);
    const runIds = await chosenRunIds(cli, client, given, options, "Replay");
    if (runIds.length === 0) return cli.output.isJson ? cli.output.json({ id: null, total: 0 }) : undefined;
    const named = options.name === undefined ? {} : { name: options.name };
    const batch = await client.runs.bulk.replay({ ...named, runIds, request });
    if (cli.output.isJson) return cli.output.json(batch);
    cli.output.line(`${batch.id}  ${batch.total} replays; reprise replays get ${batch.id} shows its progress`);
  },
};
