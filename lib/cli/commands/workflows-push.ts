import { RepriseError, type Reprise } from "#/lib/sdk/client.ts";
import type { JsonObject } from "#/lib/contract/json.ts";
import type { CliCommand } from "../cli.ts";
import { readTextInput } from "../read-input.ts";
import { readDefinition, slugOf } from "../workflow-source.ts";
import { usageError } from "../exit-code.ts";

export const command: CliCommand<{ slug?: string; file?: string }, [file: string | undefined]> = {
  configure: (command) =>
    command
      .argument("[file]", "the definition, YAML or JSON (- for stdin)")
      .option("-f, --file <file>", "the same, as an option")
      .option("--slug <slug>", "the workflow (default: made from the definition's name)"),
  async run(cli, options, argument) {
    const file = argument ?? options.file;
    if (file === undefined) throw usageError("Which file? Name it, or - for stdin.");
    const source = await readTextInput(file);
    const definition = readDefinition(source, file);
    const slug = options.slug ?? slugOf(definition);
    if (!slug) throw usageError("The definition has no name to make a slug from: pass --slug.");
    const pushed = await pushOrCreate(await cli.client(), slug, source, definition);
    for (const { path, message } of pushed.warnings ?? []) cli.output.note(`warning: ${path}: ${message}`);
    if (cli.output.isJson) return cli.output.json({ slug, ...pushed });
    const what = pushed.created ? "pushed" : "unchanged: this version has the same content";
    cli.output.line(`${slug}  version ${pushed.version}  ${what}`);
  },
};

/** Pushes to the workflow; one that is not there yet is created with this as version 1. */
async function pushOrCreate(client: Reprise, slug: string, source: string, definition: JsonObject) {
  try {
    return await client.workflows.push(slug, source);
  } catch (error) {
    if (!(error instanceof RepriseError && error.code === "not_found")) throw error;
  }
  const { name } = definition;
  const named = typeof name === "string" && name !== "" ? { name } : {};
  const { version, contentHash, warnings } = await client.workflows.create({ slug, ...named, definition });
  return { version, contentHash, created: true, ...(warnings ? { warnings } : {}) };
}
