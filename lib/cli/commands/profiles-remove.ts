import type { CliCommand } from "../cli.ts";
import { configPath, readConfig, writeConfig } from "../config-file.ts";
import { usageError } from "../exit-code.ts";

export const command: CliCommand<object, [name: string]> = {
  configure: (command) => command.argument("<name>", "the profile"),
  async run({ output, env }, _options, name) {
    const path = configPath(env);
    const config = readConfig(path);
    if (!Object.hasOwn(config.profiles, name)) throw usageError(`There is no profile ${name}.`);
    const { [name]: _removed, ...profiles } = config.profiles;
    writeConfig(path, { current: config.current === name ? null : config.current, profiles });
    output.note(`Removed profile ${name}. Its key stays valid until it is revoked.`);
    if (output.isJson) output.json({ profile: name });
  },
};
