import type { SuggestedFix } from "#/lib/contract/fix.ts";
import type { CliCommand } from "../cli.ts";
import { exitCode } from "../exit-code.ts";
import { duration } from "../option-values.ts";
import { waitForRuns } from "../wait-for-runs.ts";

type Options = { span?: string; model?: string; wait: boolean; timeout?: number };

export const command: CliCommand<Options, [id: string]> = {
  configure: (command) =>
    command
      .argument("<id>", "the failed run")
      .option("--span <span>", "the failed step (default: the one at which the run failed)")
      .option("--model <ref>", "the model to ask (default: the step's own, or another of the workflow)")
      .option("--no-wait", "only start it; read it later from the run that it prints")
      .option("--timeout <duration>", "maximum time to wait", duration),
  async run(cli, options, id) {
    const client = await cli.client();
    const { id: fixId } = await client.runs.suggestFix(id, {
      ...(options.span === undefined ? {} : { spanId: options.span }),
      ...(options.model === undefined ? {} : { model: options.model }),
    });
    if (options.wait) {
      const { code } = await waitForRuns(client, [fixId], { timeoutMs: options.timeout, output: cli.output });
      if (code !== exitCode.ok && code !== exitCode.unsuccessful) return code;
    }
    const found = await client.runs.suggestedFix(fixId);
    if (cli.output.isJson) cli.output.json(found);
    else for (const line of linesOf(found)) cli.output.line(line);
    return !options.wait || found.fix?.valid ? exitCode.ok : exitCode.unsuccessful;
  },
};

/** The explanation, and each edit as removed and added lines. */
function linesOf({ id, status, error, fix, of, model }: SuggestedFix): string[] {
  if (!fix) return [`${id}  ${status}${error ? `  ${error.code}: ${error.message}` : ""}`];
  const what = fix.target === "none" ? "no change" : `${fix.target} of ${of.workflow}, version ${of.version}`;
  return [
    `${id}  ${model}  ${what}`,
    fix.explanation,
    ...fix.edits.flatMap(({ find, replace }) => [...signed("-", find), ...signed("+", replace)]),
    ...fix.faults.map(({ path, message }) => `refused: ${path}: ${message}`),
  ];
}

function signed(sign: string, text: string): string[] {
  return text === "" ? [] : text.split("\n").map((line) => `${sign} ${line}`);
}
