import type { CliCommand } from "../cli.ts";
import { listSkills } from "../skills.ts";

export const command: CliCommand = {
  configure: (command) => command,
  async run(cli) {
    const skills = listSkills();
    if (cli.output.isJson) return cli.output.json({ data: skills });
    cli.output.table(
      [{ title: "SKILL" }, { title: "FOR" }],
      skills.map(({ name, description }) => [name, description]),
    );
  },
};
