import type { WorkflowSummary } from "#/lib/contract/workflow.ts";
import type { CliCommand } from "../cli.ts";
import { formatTime, unknown } from "../format.ts";
import { listAll } from "../list-all.ts";
import { wholeNumber } from "../option-values.ts";

export const command: CliCommand<{ limit: number }> = {
  configure: (command) =>
    command.option("-n, --limit <count>", "maximum number of workflows", wholeNumber(1, 10_000), 100),
  async run(cli, { limit }) {
    const client = await cli.client();
    const list = await listAll<WorkflowSummary>((page) => client.workflows.list(page), limit);
    if (cli.output.isJson) return cli.output.json(list);
    if (list.data.length === 0) return cli.output.note("No workflows.");
    cli.output.table(
      [
        { title: "WORKFLOW" },
        { title: "NAME", shrinkTo: 10 },
        { title: "VERSION", align: "right" },
        { title: "CREATED", optional: 1 },
        { title: "PAUSED", shrinkTo: 10 },
      ],
      list.data.map(({ slug, name, latestVersion, createdAt, paused }) => [
        slug,
        name,
        latestVersion === null ? unknown : String(latestVersion),
        formatTime(createdAt),
        paused ? paused.reason : "",
      ]),
    );
  },
};
