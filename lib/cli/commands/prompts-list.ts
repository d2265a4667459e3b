import type { PromptSummary } from "#/lib/contract/prompt.ts";
import type { CliCommand } from "../cli.ts";
import { formatTime, unknown } from "../format.ts";
import { listAll } from "../list-all.ts";
import { wholeNumber } from "../option-values.ts";

export const command: CliCommand<{ limit: number }> = {
  configure: (command) =>
    command.option("-n, --limit <count>", "maximum number of prompts", wholeNumber(1, 10_000), 100),
  async run(cli, { limit }) {
    const client = await cli.client();
    const list = await listAll<PromptSummary>((page) => client.prompts.list(page), limit);
    if (cli.output.isJson) return cli.output.json(list);
    if (list.data.length === 0) return cli.output.note("No prompts.");
    cli.output.table(
      [
        { title: "ID" },
        { title: "NAME", shrinkTo: 10 },
        { title: "REVISIONS", align: "right", optional: 2 },
        { title: "LATEST HASH", optional: 3 },
        { title: "CREATED", optional: 1 },
      ],
      list.data.map(({ id, name, revisions, latestHash, createdAt }) => [
        ...[id, name, String(revisions), latestHash ?? unknown, formatTime(createdAt)],
      ]),
    );
  },
};
