import { showBatches } from "../batch-view.ts";
import type { CliCommand } from "../cli.ts";
import { addPageOptions, listAll, type PageOptions } from "../list-all.ts";

export const command: CliCommand<PageOptions> = {
  configure: (command) => addPageOptions(command, 20),
  async run(cli, { limit, cursor }) {
    const { bulk } = (await cli.client()).runs;
    const list = await listAll((page) => bulk.list(page), limit, cursor);
    if (cli.output.isJson) return cli.output.json(list);
    if (list.data.length === 0) return cli.output.note("No batches.");
    showBatches(cli.output, list.data);
    if (list.hasMore) cli.output.note(`There are more: raise --limit, or continue with --cursor ${list.nextCursor}`);
  },
};
