import type { Cli, CliCommand } from "../cli.ts";
import { exitCode, usageError } from "../exit-code.ts";
import type { PushedDefinition } from "../push-definition.ts";
import { readTextInput } from "../read-input.ts";
import { reportError } from "../report-error.ts";
import { watchFiles } from "../watch-files.ts";

type Options = { slug?: string; file?: string; watch?: boolean };

export const command: CliCommand<Options, [files: string[]]> = {
  configure: (command) =>
    command
      .argument("[files...]", "the definitions, YAML or JSON (- for stdin)")
      .option("-f, --file <file>", "the same, as an option")
      .option("--slug <slug>", "the workflow (default: made from the definition's name)")
      .option("-w, --watch", "push again at each save, until Ctrl-C"),
  async run(cli, options, named) {
    const files = [...named, ...(options.file === undefined ? [] : [options.file])];
    if (files.length === 0) throw usageError("Which file? Name it, or - for stdin.");
    if (options.slug !== undefined && files.length > 1) throw usageError("--slug is for one file.");
    if (options.watch) return watchAndPush(cli, files, options.slug);
    const pushed: PushedDefinition[] = [];
    for (const file of files) {
      pushed.push(await push(cli, await readTextInput(file), file, options.slug));
      if (!cli.output.isJson) show(cli, pushed.at(-1)!);
    }
    if (cli.output.isJson) cli.output.json(files.length === 1 ? pushed[0] : { pushed });
  },
};

async function push(cli: Cli, source: string, file: string, slug: string | undefined): Promise<PushedDefinition> {
  const { pushDefinition } = await import("../push-definition.ts");
  const pushed = await pushDefinition(await cli.client(), source, file, slug);
  for (const { path, message } of pushed.warnings ?? []) cli.output.note(`warning: ${path}: ${message}`);
  return pushed;
}

function show(cli: Cli, { slug, version, created }: PushedDefinition): void {
  const what = created ? "pushed" : "unchanged: this version has the same content";
  cli.output.line(`${slug}  version ${version}  ${what}`);
}

/**
 * Pushes each file now and at each save. What is wrong with a definition is said, and the next save is waited for; a key that may
 * not push ends it.
 */
async function watchAndPush(cli: Cli, files: string[], slug: string | undefined): Promise<never> {
  if (files.includes("-")) throw usageError("stdin cannot be watched.");
  const known = new Map<string, string>();
  const pushSaved = async (file: string) => {
    try {
      const source = await readTextInput(file);
      // Saved without a change, or told of twice.
      if (known.get(file) === source) return;
      known.set(file, source);
      const pushed = await push(cli, source, file, slug);
      if (cli.output.isJson) cli.output.jsonLine({ file, ...pushed });
      else show(cli, pushed);
    } catch (error) {
      if (reportError(error, process.stderr) === exitCode.authentication) throw error;
    }
  };
  cli.output.note(`Watching ${files.join(", ")}; Ctrl-C ends it.`);
  return watchFiles(files, pushSaved);
}
