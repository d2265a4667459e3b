import { setTimeout as sleep } from "node:timers/promises";
import { Option } from "commander";
import type { LogLine } from "#/lib/contract/log.ts";
import type { Reprise } from "#/lib/sdk/client.ts";
import type { CliCommand } from "../cli.ts";
import { wholeNumber } from "../option-values.ts";

type Options = { tail?: number; level?: LogLine["level"]; follow?: boolean };

const followIntervalMs = 1000;

export const command: CliCommand<Options, [id: string]> = {
  configure: (command) =>
    command
      .argument("<id>", "the run")
      .addOption(
        new Option("--level <level>", "lines of this level and above").choices(["debug", "info", "warn", "error"]),
      )
      .option("--tail <count>", "only this many of the last lines", wholeNumber(1, 100_000))
      .option("-f, --follow", "follow until the run ends; with JSON output, one log entry per line"),
  async run(cli, { tail, level, follow }, id) {
    const { output } = cli;
    const client = await cli.client();
    const show = (line: LogLine) => (output.isJson && follow ? output.jsonLine(line) : output.line(lineOf(line)));
    const written = await linesAfter(client, id, level, undefined);
    const shown = tail === undefined ? written : written.slice(-tail);
    if (output.isJson && !follow) return output.json({ data: shown });
    shown.forEach(show);
    if (follow) await followLines(client, id, level, written.at(-1)?.seq, show);
  },
};

/** Checks whether the run has ended before reading lines, so that the last ones are not missed. */
async function followLines(
  client: Reprise,
  id: string,
  level: Options["level"],
  from: number | undefined,
  show: (line: LogLine) => void,
) {
  for (let after = from, ended = false; !ended;) {
    ended = (await client.runs.retrieve(id)).isCompleted;
    const lines = await linesAfter(client, id, level, after);
    lines.forEach(show);
    after = lines.at(-1)?.seq ?? after;
    if (!ended) await sleep(followIntervalMs);
  }
}

async function linesAfter(
  client: Reprise,
  id: string,
  level: Options["level"],
  after: number | undefined,
): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  for await (const line of client.runs.logs(id, {
    limit: 100,
    ...(after === undefined ? {} : { after }),
    ...(level ? { level } : {}),
  }))
    lines.push(line);
  return lines;
}

function lineOf({ at, level, nodeId, message }: LogLine): string {
  return `${at}  ${level.padEnd(5)}  ${nodeId === null ? "" : `${nodeId}: `}${message}`;
}
