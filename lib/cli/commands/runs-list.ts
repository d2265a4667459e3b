import type { CliCommand } from "../cli.ts";
import { addRunFilterOptions, listRuns, type RunFilterOptions } from "../run-filter-options.ts";
import { showRuns } from "../run-views.ts";

type Options = RunFilterOptions & { limit: number; cursor?: string };

export const command: CliCommand<Options> = {
  configure: (command) =>
    addRunFilterOptions(command, "list").option("--cursor <cursor>", "continue where an earlier list ended"),
  async run(cli, options) {
    const page = await listRuns(await cli.client(), options);
    if (cli.output.isJson) return cli.output.json(page);
    if (page.data.length === 0) return cli.output.note("No runs.");
    showRuns(cli.output, page.data);
    if (page.hasMore) cli.output.note(`There are more: raise --limit, or continue with --cursor ${page.nextCursor}`);
  },
};
