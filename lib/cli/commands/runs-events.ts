import type { RunEvent } from "#/lib/contract/event.ts";
import type { CliCommand } from "../cli.ts";
import { eventLine } from "../event-line.ts";
import { wholeNumber } from "../option-values.ts";

type Options = { after: number; follow?: boolean };

export const command: CliCommand<Options, [id: string]> = {
  configure: (command) =>
    command
      .argument("<id>", "the run")
      .option("--after <seq>", "only events after this number", wholeNumber(0, Number.MAX_SAFE_INTEGER), 0)
      .option("-f, --follow", "follow until the run ends; with JSON output, one event per line"),
  async run(cli, { after, follow }, id) {
    const client = await cli.client();
    if (follow) {
      for await (const event of client.runs.streamEvents(id, { after }))
        if (cli.output.isJson) cli.output.jsonLine(event);
        else cli.output.line(eventLine(event));
      return;
    }
    const events: RunEvent[] = [];
    for (;;) {
      const list = await client.runs.events(id, { after: events.at(-1)?.seq ?? after });
      events.push(...list.data);
      if (!list.hasMore) break;
    }
    if (cli.output.isJson) return cli.output.json({ data: events });
    for (const event of events) cli.output.line(eventLine(event));
  },
};
