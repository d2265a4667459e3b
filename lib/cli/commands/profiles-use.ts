import type { CliCommand } from "../cli.ts";
import { configPath, readConfig, writeConfig } from "../config-file.ts";
import { usageError } from "../exit-code.ts";

export const command: CliCommand<object, [name: string]> = {
  configure: (command) => command.argument("<name>", "the profile"),
  async run({ output, env }, _options, name) {
    const path = configPath(env);
    const config = readConfig(path);
    if (!Object.hasOwn(config.profiles, name)) throw usageError(`There is no profile ${name}.`);
    writeConfig(path, { ...config, current: name });
    output.note(`The current profile is ${name}.`);
    if (output.isJson) output.json({ profile: name });
  },
};
