import type { CliCommand } from "../cli.ts";
import { makeClient } from "../cli.ts";
import { readSecret } from "../ask.ts";
import { configPath, readConfig, writeConfig } from "../config-file.ts";
import { usageError } from "../exit-code.ts";

type Options = { url?: string };

/** Stores address and key as a profile once the service accepts them. The key is never on the command line. */
export const command: CliCommand<Options> = {
  configure: (command) =>
    command
      .option("--url <address>", "the service's address (REPRISE_URL)")
      .addHelpText("after", "\nThe API key is read from a prompt, from stdin or from REPRISE_API_KEY."),
  async run(cli, options) {
    const url = options.url || cli.env.REPRISE_URL;
    if (!url) throw usageError("Which address? Pass --url, or set REPRISE_URL.");
    const apiKey = cli.env.REPRISE_API_KEY?.trim() || (await readSecret("API key: "));
    if (apiKey === "") throw usageError("No API key: pipe it in, or set REPRISE_API_KEY.");
    const client = await makeClient(url, apiKey);
    await client.workflows.list({ limit: 1 }).catch(rethrowUnlessScope);
    const name = cli.options.profile ?? "default";
    const path = configPath(cli.env);
    const config = readConfig(path);
    const profiles = { ...config.profiles, [name]: { url, apiKey } };
    writeConfig(path, { current: name, profiles });
    cli.output.note(`Stored as profile ${name} in ${path}`);
    if (cli.output.isJson) cli.output.json({ profile: name, url });
  },
};

/** A key that may not list workflows is a key all the same. */
function rethrowUnlessScope(error: unknown): void {
  if (!(error instanceof Error && "code" in error && error.code === "forbidden")) throw error;
}
