import { chmodSync, mkdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout: the directory that holds package.json. */
export const repository = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

/**
 * Where this installation keeps what is not in the checkout's history: the embedded database, generated
 * secrets, logs. `REPRISE_HOME`, else `.reprise/` in the checkout; created if missing.
 */
export function homeDirectory(): string {
  const home = resolve(process.env.REPRISE_HOME || join(repository, ".reprise"));
  mkdirSync(home, { recursive: true });
  openForTraversal(home);
  return home;
}

/** A directory below the home, created if missing. */
export function homeSubdirectory(name: string): string {
  const directory = join(homeDirectory(), name);
  mkdirSync(directory, { recursive: true });
  return directory;
}

/** Root's umask may be 077; the database server runs as another user and must be able to pass through. */
function openForTraversal(directory: string): void {
  if (process.getuid?.() !== 0) return;
  const mode = statSync(directory).mode & 0o777;
  if ((mode & 0o011) !== 0o011) chmodSync(directory, mode | 0o011);
}
