import { Option } from "commander";
import type { BatchItem } from "#/lib/sdk/client.ts";
import { showItems } from "../batch-view.ts";
import type { CliCommand } from "../cli.ts";
import { addPageOptions, listAll, type PageOptions } from "../list-all.ts";
import { oneOf } from "../option-values.ts";

type Options = PageOptions & { status?: BatchItem["status"][] };

// Not imported from the contract: that would load the schema library, which takes longer than all of the rest.
const statuses: Record<BatchItem["status"], true> = {
  queued: true,
  submitted: true,
  refused: true,
  skipped: true,
  aborted: true,
};

export const command: CliCommand<Options, [id: string]> = {
  configure: (command) =>
    addPageOptions(command.argument("<id>", "the batch"), 1000).addOption(
      new Option("--status <status>", "only items in this status (repeatable)")
        .choices(Object.keys(statuses))
        .argParser(oneOf(statuses)),
    ),
  async run(cli, { limit, cursor, status }, id) {
    const { bulk } = (await cli.client()).runs;
    const list = await listAll((page) => bulk.items(id, { ...page, ...(status ? { status } : {}) }), limit, cursor);
    if (cli.output.isJson) return cli.output.json(list);
    if (list.data.length === 0) return cli.output.note("No items.");
    showItems(cli.output, list.data);
    if (list.hasMore) cli.output.note(`There are more: raise --limit, or continue with --cursor ${list.nextCursor}`);
  },
};
