import type { LogLine } from "#/lib/sdk/client.ts";
import type { CliCommand } from "../cli.ts";
import { wholeNumber } from "../option-values.ts";

export const command: CliCommand<{ tail?: number }, [id: string]> = {
  configure: (command) =>
    command
      .argument("<id>", "the run")
      .option("--tail <count>", "only the last so many lines", wholeNumber(1, 100_000)),
  async run(cli, options, id) {
    const client = await cli.client();
    const lines: LogLine[] = [];
    for await (const line of client.runs.logs(id, { limit: 100 })) lines.push(line);
    const shown = options.tail === undefined ? lines : lines.slice(-options.tail);
    if (cli.output.isJson) return cli.output.json({ data: shown });
    for (const { at, level, nodeId, message } of shown)
      cli.output.line(`${at}  ${level.padEnd(5)}  ${nodeId === null ? "" : `${nodeId}: `}${message}`);
  },
};
