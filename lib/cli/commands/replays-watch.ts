import type { CliCommand } from "../cli.ts";
import { followBatch } from "../follow-batch.ts";
import { duration } from "../option-values.ts";

export const command: CliCommand<{ timeout?: number }, [id: string]> = {
  configure: (command) =>
    command.argument("<id>", "the batch").option("--timeout <duration>", "maximum time to wait", duration),
  async run(cli, { timeout }, id) {
    const { batch, code } = await followBatch(cli, id, timeout);
    if (cli.output.isJson) cli.output.json(batch);
    return code;
  },
};
