import type { Command } from "commander";
import type { Reprise } from "#/lib/sdk/client.ts";
import { mustAsk } from "./ask.ts";
import { configPath, readConfig } from "./config-file.ts";
import { chooseConnection, type Connection } from "./connection.ts";
import { readDemoLogin } from "./demo-login.ts";
import { usageError, type ExitCode } from "./exit-code.ts";
import type { Output } from "./output.ts";

export type GlobalOptions = { output: "text" | "json"; profile?: string; yes?: boolean };

/** One command: its arguments and options, and what it does. Loaded only when it is called. */
export type CliCommand<O = Record<string, unknown>, A extends unknown[] = unknown[]> = {
  configure(command: Command): unknown;
  /** Returns the exit code when it is not 0. Errors are RepriseError or CliError. */
  run(cli: Cli, options: O, ...args: A): Promise<ExitCode | void>;
};

/** What a command works with. */
export class Cli {
  readonly output: Output;
  readonly options: GlobalOptions;
  readonly env: NodeJS.ProcessEnv;
  #connection: Connection | null = null;
  #client: Reprise | null = null;

  constructor(output: Output, options: GlobalOptions, env: NodeJS.ProcessEnv) {
    this.output = output;
    this.options = options;
    this.env = env;
  }

  /** The client for the chosen place; says on stderr when that is not the obvious one. */
  async client(): Promise<Reprise> {
    if (this.#client) return this.#client;
    const { url, apiKey, note } = this.connection();
    if (note) this.output.note(note);
    this.#client = await makeClient(url, apiKey);
    return this.#client;
  }

  connection(): Connection {
    this.#connection ??= chooseConnection({
      url: this.env.REPRISE_URL,
      apiKey: this.env.REPRISE_API_KEY?.trim(),
      profileName: this.options.profile,
      config: readConfig(configPath(this.env)),
      demo: () => readDemoLogin(this.env),
    });
    return this.#connection;
  }

  /** The address of a page, from the path that the service gives. */
  link(path: string): string {
    return new URL(path, this.connection().url).href;
  }

  /** Must a question be asked first? Not after `-y`. Without a terminal there is no question: that is a usage error. */
  asks(): boolean {
    return mustAsk(this.options.yes === true);
  }
}

/** Tells the service that it is the command line, and does not wait for a quota: that is the caller's decision. */
export async function makeClient(url: string, apiKey: string): Promise<Reprise> {
  const { Reprise } = await import("#/lib/sdk/client.ts");
  try {
    return new Reprise({
      baseUrl: url,
      apiKey,
      maxRetryAfterMs: 3_000,
      headers: { "x-reprise-surface": "cli" },
    });
  } catch (error) {
    throw usageError((error as Error).message);
  }
}
