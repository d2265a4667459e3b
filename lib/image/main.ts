import { ConfigurationError } from "#/lib/core/env.ts";

/** What `reprise-server` runs: the role of the configuration, or the task of that name. */
const tasks: Record<string, (args: string[]) => Promise<void>> = {
  serve: async () => (await import("./serve.ts")).serve(),
  migrate: async () => (await import("./migrate.ts")).migrate(),
  provision: async (args) => (await import("./provision.ts")).provision(args),
};

async function main([name = "serve", ...args]: string[]): Promise<void> {
  const task = Object.hasOwn(tasks, name) ? tasks[name] : undefined;
  if (!task) throw new ConfigurationError(`usage: reprise-server [${Object.keys(tasks).join(" | ")}]`);
  await task(args);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
