import type { CliCommand } from "../cli.ts";
import { exitCode, usageError } from "../exit-code.ts";
import { readTextInput } from "../read-input.ts";
import { readDefinition, slugOf } from "../workflow-source.ts";

export const command: CliCommand<{ slug?: string }, [file: string]> = {
  configure: (command) =>
    command
      .argument("<file>", "the definition, YAML or JSON (- for stdin)")
      .option("--slug <slug>", "the workflow (default: made from the definition's name)"),
  async run(cli, options, file) {
    const source = await readTextInput(file);
    const slug = options.slug ?? slugOf(readDefinition(source, file));
    if (!slug) throw usageError("The definition has no name to make a slug from: pass --slug.");
    const found = await (await cli.client()).workflows.validate(slug, source);
    const code = found.valid ? exitCode.ok : exitCode.failed;
    if (cli.output.isJson) {
      cli.output.json({ slug, ...found });
      return code;
    }
    for (const { path, message } of found.warnings) cli.output.note(`warning: ${path}: ${message}`);
    for (const { path, message } of found.faults) cli.output.line(`${path === "" ? slug : path}: ${message}`);
    const stands = found.sameAs === null ? "a push makes a new version" : `version ${found.sameAs} has this content`;
    if (found.valid) cli.output.line(`${slug}  valid  ${stands}`);
    return code;
  },
};
