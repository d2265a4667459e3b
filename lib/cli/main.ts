import { readFileSync } from "node:fs";
import { Command, CommanderError, Option } from "commander";
import { Cli, type GlobalOptions } from "./cli.ts";
import { commandTable, groups, type CommandEntry } from "./command-table.ts";
import { exitCode } from "./exit-code.ts";
import { Output } from "./output.ts";
import { reportError } from "./report-error.ts";

/** Runs one command line (without `node` and the script's name) and returns the exit code. */
export async function main(argv: string[]): Promise<number> {
  endQuietlyWhenNobodyReads(process.stdout);
  let code: number = exitCode.ok;
  const program = buildProgram((ended) => (code = ended));
  try {
    await program.parseAsync(argv, { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.ok : exitCode.usage;
    return reportError(error, process.stderr);
  }
}

function buildProgram(ended: (code: number) => void): Command {
  const program = new Command("reprise")
    .description("Run, trace and replay AI-agent workflows")
    .version(packageVersion(), "-V, --version")
    .addOption(new Option("-o, --output <format>", "output format").choices(["text", "json"]).default("text"))
    .option("-p, --profile <name>", "which stored login to use")
    .option("-y, --yes", "answer questions with yes")
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text) })
    .showHelpAfterError("(--help shows the usage)");
  const entries = new Map<Command, CommandEntry>();
  // Options of a command are declared in its file, which is loaded when commander has found out which one is called.
  const prepareCalled = async (_parent: Command, called: Command) => {
    const entry = entries.get(called);
    if (entry) await prepare(called, entry, ended);
  };
  program.hook("preSubcommand", prepareCalled);
  const parents = new Map<string, Command>();
  for (const entry of commandTable) {
    const [group, name] = entry.path.length === 1 ? [null, entry.path[0]] : entry.path;
    const made = group === null ? program : parents.get(group);
    const parent =
      made ??
      program
        .command(group ?? "")
        .description(groups[group ?? ""] ?? "")
        .hook("preSubcommand", prepareCalled);
    if (group !== null) parents.set(group, parent);
    entries.set(parent.command(name).description(entry.summary), entry);
  }
  return program;
}

async function prepare(called: Command, entry: CommandEntry, ended: (code: number) => void): Promise<void> {
  const { command } = await entry.load();
  command.configure(called);
  called.action(async (...args: unknown[]) => {
    const options = called.optsWithGlobals<GlobalOptions & Record<string, unknown>>();
    const output = new Output({
      ...{ stdout: process.stdout, stderr: process.stderr, env: process.env },
      json: options.output === "json",
    });
    // commander passes the arguments, then the options, then the command itself.
    const positional = args.slice(0, -2);
    ended((await command.run(new Cli(output, options, process.env), called.opts(), ...positional)) ?? exitCode.ok);
  });
}

function packageVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

/** `reprise runs list | head` closes the pipe early: nothing is wrong. */
function endQuietlyWhenNobodyReads(stdout: NodeJS.WriteStream): void {
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(exitCode.ok);
    throw error;
  });
}
