import type { TriggerOptions } from "#/lib/sdk/client.ts";
import type { CliCommand } from "../cli.ts";
import { exitCode } from "../exit-code.ts";
import { formatStatus } from "../format.ts";
import { collected, duration, versionNumber } from "../option-values.ts";
import { readJsonInput } from "../read-input.ts";
import { waitForRuns } from "../wait-for-runs.ts";

type Options = {
  workflow: string;
  json?: string;
  workflowVersion?: number | "latest";
  env?: string;
  tag?: string[];
  delay?: string;
  ttl?: string;
  idempotencyKey?: string;
  wait?: boolean;
  timeout?: number;
};

export const command: CliCommand<Options> = {
  configure: (command) =>
    command
      .requiredOption("-w, --workflow <slug>", "the workflow")
      .option("-j, --json <file>", "the payload, as JSON (- for stdin)")
      .option("--workflow-version <version>", "this version of the workflow (default: the latest)", versionNumber)
      .option("--env <name>", "in this environment")
      .option("--tag <tag>", "with this tag (repeatable)", collected)
      .option("--delay <delay>", "start after a duration such as 10m, or at a time")
      .option("--ttl <duration>", "expire if it has not started by then")
      .option("--idempotency-key <key>", "the same key and payload return the same run")
      .option("--wait", "wait until the run has ended")
      .option("--timeout <duration>", "maximum time to wait", duration),
  async run(cli, options) {
    const payload = options.json === undefined ? undefined : await readJsonInput(options.json);
    const client = await cli.client();
    const accepted = await client.workflows.trigger(options.workflow, payload, triggerOptionsOf(options));
    const run = { runId: accepted.id, ...accepted, url: cli.link(accepted.url) };
    if (!cli.output.isJson) cli.output.line(`${run.id}  ${formatStatus(run)}  ${run.url}`);
    if (!options.wait) {
      if (cli.output.isJson) cli.output.json(run);
      return exitCode.ok;
    }
    const { ended, code } = await waitForRuns(client, [run.id], { timeoutMs: options.timeout, output: cli.output });
    const [final] = ended;
    if (cli.output.isJson) cli.output.json({ ...run, ...final, url: run.url });
    else if (final) cli.output.line(`${final.id}  ${formatStatus(final)}`);
    return code;
  },
};

function triggerOptionsOf(options: Options): TriggerOptions {
  const { workflowVersion, env, tag, delay, ttl, idempotencyKey } = options;
  return {
    ...(workflowVersion === undefined ? {} : { version: workflowVersion }),
    ...(env === undefined ? {} : { environment: env }),
    ...(tag ? { tags: tag } : {}),
    ...(delay === undefined ? {} : { delay }),
    ...(ttl === undefined ? {} : { ttl }),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  };
}
