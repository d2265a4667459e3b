import type { RunEvent } from "#/lib/contract/event.ts";
import type { Reprise, RunObject } from "#/lib/sdk/client.ts";
import { abortAfter } from "#/lib/sdk/timer.ts";
import type { CliCommand } from "../cli.ts";
import { eventLine } from "../event-line.ts";
import { CliError, exitCode } from "../exit-code.ts";
import { formatCost, formatDuration, formatStatus } from "../format.ts";
import { duration } from "../option-values.ts";

export const command: CliCommand<{ timeout?: number }, [id: string]> = {
  configure: (command) =>
    command.argument("<id>", "the run").option("--timeout <duration>", "maximum time to wait", duration),
  async run(cli, { timeout }, id) {
    const { output } = cli;
    const show = (event: RunEvent) => (output.isJson ? output.note(eventLine(event)) : output.line(eventLine(event)));
    const run = await followRun(await cli.client(), id, timeout, show);
    if (output.isJson) output.json(run);
    else {
      const facts = [formatStatus(run), formatDuration(run.durationMs), formatCost(run.costMicros)];
      output.line(`${run.id}  ${facts.join("  ")}`);
      if (run.error) output.line(`${run.error.code}: ${run.error.message}`);
      output.line(cli.link(run.url));
    }
    return run.isSuccess ? exitCode.ok : exitCode.unsuccessful;
  },
};

/** Shows the events until the run has ended, then returns the run. */
async function followRun(
  client: Reprise,
  id: string,
  timeoutMs: number | undefined,
  show: (event: RunEvent) => void,
): Promise<RunObject> {
  const signal = timeoutMs === undefined ? undefined : abortAfter(timeoutMs);
  try {
    for await (const event of client.runs.streamEvents(id, signal ? { signal } : {})) show(event);
    return await client.runs.poll(id, { intervalMs: 500, ...(signal ? { signal } : {}) });
  } catch (error) {
    if (!signal?.aborted) throw error;
    throw new CliError(exitCode.cancelled, `${id} did not end in time. It continues.`);
  }
}
