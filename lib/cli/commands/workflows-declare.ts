import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { WorkflowSummary } from "#/lib/contract/workflow.ts";
import type { CliCommand } from "../cli.ts";
import { usageError } from "../exit-code.ts";
import { listAll } from "../list-all.ts";
import { workflowTypes, type TypedWorkflow } from "../workflow-declarations.ts";

const mostWorkflows = 1_000;

export const command: CliCommand<{ file?: string }, [slugs: string[]]> = {
  configure: (command) =>
    command
      .argument("[slugs...]", "only these workflows (default: all)")
      .option("-f, --file <file>", "write to this file, such as src/workflows.d.ts (default: stdout)"),
  async run(cli, { file }, slugs) {
    const client = await cli.client();
    const chosen = slugs.length > 0 ? slugs : await slugsOf((page) => client.workflows.list(page));
    const workflows: TypedWorkflow[] = [];
    for (const slug of chosen) {
      const { version, definition } = await client.workflows.retrieveVersion(slug, "latest");
      workflows.push({ slug, version, definition });
    }
    const source = await workflowTypes(workflows);
    const written = workflows.map(({ slug, version }) => ({ slug, version }));
    if (file === undefined) {
      if (cli.output.isJson) return cli.output.json({ source, workflows: written });
      for (const line of source.trimEnd().split("\n")) cli.output.line(line);
      return;
    }
    const changed = writeIfChanged(file, source);
    if (cli.output.isJson) return cli.output.json({ file, changed, workflows: written });
    cli.output.line(`${file}  ${workflows.length} workflows  ${changed ? "written" : "unchanged"}`);
  },
};

/** Those that have a version. */
async function slugsOf(load: Parameters<typeof listAll<WorkflowSummary>>[0]): Promise<string[]> {
  const { data } = await listAll<WorkflowSummary>(load, mostWorkflows);
  return data.filter(({ latestVersion }) => latestVersion !== null).map(({ slug }) => slug);
}

/** A file that stays the same keeps its time: whoever watches it has nothing to do. */
function writeIfChanged(file: string, text: string): boolean {
  try {
    if (existsSync(file) && readFileSync(file, "utf8") === text) return false;
    writeFileSync(file, text);
    return true;
  } catch (error) {
    throw usageError(`${file} cannot be written: ${(error as Error).message}`);
  }
}
