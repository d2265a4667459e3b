import type { CliCommand } from "../cli.ts";
import { configPath, readConfig } from "../config-file.ts";

/** Never shows a key. */
export const command: CliCommand = {
  configure: () => {},
  async run({ output, env }) {
    const { current, profiles } = readConfig(configPath(env));
    const rows = Object.entries(profiles).map(([name, { url }]) => ({ name, url, current: name === current }));
    if (output.isJson) return output.json({ data: rows });
    if (rows.length === 0) return output.note("No profiles: run `reprise login`.");
    output.table(
      [{ title: "" }, { title: "PROFILE" }, { title: "ADDRESS", shrinkTo: 20 }],
      rows.map((row) => [row.current ? "*" : " ", row.name, row.url]),
    );
  },
};
