import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { usageError } from "./exit-code.ts";

export type Profile = { url: string; apiKey: string };
export type Config = { current: string | null; profiles: Record<string, Profile> };

/** `$XDG_CONFIG_HOME/reprise/config.json`, by default below `~/.config` (XDG Base Directory Specification). */
export function configPath(env: NodeJS.ProcessEnv): string {
  const xdg = env.XDG_CONFIG_HOME;
  // The specification: a relative path in the variable is to be ignored.
  const base = xdg?.startsWith("/") ? xdg : join(env.HOME || homedir(), ".config");
  return join(base, "reprise", "config.json");
}

/** The stored profiles; none when there is no file. A file that cannot be understood is a usage error. */
export function readConfig(path: string): Config {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { current: null, profiles: {} };
    throw usageError(`${path} cannot be read: ${(error as Error).message}`);
  }
  const config = parsed(text);
  if (config === null) throw usageError(`${path} is not a valid reprise configuration: correct it or delete it`);
  return config;
}

/** Writes the file for its owner only, and all of it or nothing. */
export function writeConfig(path: string, config: Config): void {
  const directory = dirname(path);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const draft = join(directory, `.config-${process.pid}.json`);
  writeFileSync(draft, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
  chmodSync(draft, 0o600);
  renameSync(draft, path);
}

function parsed(text: string): Config | null {
  try {
    const { current, profiles } = JSON.parse(text) as Partial<Config>;
    if (typeof profiles !== "object" || profiles === null) return null;
    const known = Object.entries(profiles).every(
      ([, profile]) => typeof profile?.url === "string" && typeof profile.apiKey === "string",
    );
    return known ? { current: typeof current === "string" ? current : null, profiles } : null;
  } catch {
    return null;
  }
}
