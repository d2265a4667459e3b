import { Option } from "commander";
import type { CliCommand } from "../cli.ts";
import { exitCode } from "../exit-code.ts";
import { followBatch } from "../follow-batch.ts";
import { dollars, duration } from "../option-values.ts";
import { addReplayOptions, replayRequestOf, type ReplayCommandOptions } from "../replay-options.ts";
import { addRunFilterOptions, type RunFilterOptions } from "../run-filter-options.ts";
import { isByFilter, selectionOf } from "../run-selection.ts";
import { previewBatch, submitBatch } from "../submit-batch.ts";

type Options = ReplayCommandOptions &
  RunFilterOptions & {
    name?: string;
    maxCostEach?: number;
    onRefusal?: "skip" | "stop";
    preflight?: boolean;
    idempotencyKey?: string;
    wait?: boolean;
    timeout?: number;
  };

export const command: CliCommand<Options, [ids: string[]]> = {
  configure: (command) =>
    addRunFilterOptions(
      addReplayOptions(command.argument("[ids...]", "the runs; or select them with filters"), "--max-cost-each"),
      "replay",
    )
      .option("--name <name>", "the batch's name")
      .option("--max-cost <dollars>", "pause the batch when its replays have cost so much", dollars)
      .addOption(
        new Option("--on-refusal <what>", "a run that cannot be replayed: leave it out, or stop at it")
          .choices(["skip", "stop"])
          .default("skip"),
      )
      .option("--preflight", "only show how many can be replayed, and what is against the others")
      .option("--idempotency-key <key>", "the same key and runs return the same batch")
      .option("--wait", "wait until it is over")
      .option("--timeout <duration>", "maximum time to wait", duration),
  async run(cli, options, given) {
    const { name, maxCost, maxCostEach, onRefusal, idempotencyKey, ...replay } = options;
    const asks = isByFilter(given, options) && !options.preflight && cli.asks();
    const client = await cli.client();
    const request = await replayRequestOf({
      ...replay,
      ...(maxCostEach === undefined ? {} : { maxCost: maxCostEach }),
    });
    const chosen = await selectionOf(cli, client, given, options);
    if (chosen === null) return cli.output.isJson ? cli.output.json({ id: null, total: 0 }) : undefined;
    const wanted = {
      ...chosen,
      request,
      ...(name === undefined ? {} : { name }),
      ...(maxCost === undefined ? {} : { maxCostMicros: maxCost }),
      ...(onRefusal === undefined ? {} : { onRefusal }),
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    };
    if (options.preflight) return previewBatch(cli, client, wanted);
    const accepted = await submitBatch(cli, client, wanted, { asks });
    if (!options.wait) {
      if (cli.output.isJson) cli.output.json(accepted);
      return exitCode.ok;
    }
    const { batch, code } = await followBatch(cli, accepted.id, options.timeout);
    if (cli.output.isJson) cli.output.json(batch);
    return code;
  },
};
