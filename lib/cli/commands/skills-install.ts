import { resolve } from "node:path";
import type { CliCommand } from "../cli.ts";
import { usageError } from "../exit-code.ts";
import { installSkill, listSkills } from "../skills.ts";

/** Where agents look for the skills of a project (Agent Skills). */
const usualFolder = ".claude/skills";

export const command: CliCommand<{ dir: string }, [names: string[]]> = {
  configure: (command) =>
    command
      .argument("[names...]", "only these (default: all)")
      .option("--dir <folder>", "the project's folder of skills", usualFolder),
  async run(cli, { dir }, names) {
    const known = listSkills().map(({ name }) => name);
    const unknown = names.find((name) => !known.includes(name));
    if (unknown !== undefined) throw usageError(`There is no skill ${unknown}. There are ${known.join(", ")}.`);
    const installed = (names.length > 0 ? names : known).map((name) => ({
      name,
      ...installSkill(name, resolve(dir)),
    }));
    if (cli.output.isJson) return cli.output.json({ data: installed });
    for (const { path, changed } of installed) cli.output.line(`${changed.padEnd(7)}  ${path}`);
  },
};
