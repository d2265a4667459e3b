import type { CliCommand } from "../cli.ts";
import { showBatch } from "../batch-view.ts";
import { dollars } from "../option-values.ts";

export const command: CliCommand<{ maxCost?: number | null }, [id: string]> = {
  configure: (command) =>
    command
      .argument("<id>", "the batch")
      .option("--max-cost <dollars>", "another cost at which it pauses, or none", (text: string) =>
        text === "none" ? null : dollars(text),
      ),
  async run(cli, { maxCost }, id) {
    const cap = maxCost === undefined ? {} : { maxCostMicros: maxCost };
    showBatch(cli, await (await cli.client()).runs.bulk.resume(id, cap));
  },
};
