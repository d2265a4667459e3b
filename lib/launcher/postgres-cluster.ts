import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import { freePort } from "./free-port.ts";
import type { PostgresBinaries, ServerUser } from "./postgres-binaries.ts";
import { commandLineOf, identityOf, processesIn, signal, waitUntil } from "./process-identity.ts";

const superuser = "reprise";

export type ClusterOptions = {
  /** Holds data/, password and server.log; see `reachableDirectory`. */
  directory: string;
  binaries: PostgresBinaries;
  /** The first port to try. */
  port: number;
  /** Server settings beyond PostgreSQL's defaults. */
  settings: Record<string, string>;
  /** initdb's own fsync; off only for clusters that are thrown away. */
  syncNewFiles: boolean;
};

export type RunningCluster = {
  pid: number;
  port: number;
  /** False when a server was found running and adopted. */
  started: boolean;
  /** The address of one database of this cluster, with the password. */
  url(database: string): string;
};

type PidFile = {
  pid: number;
  port: number;
};

/**
 * Makes the cluster run: adopts its server if one runs, else starts it, creating the cluster the first time.
 * Callers hold the cluster's lock. Survives what a kill -9 leaves: a pid file of a dead, unreaped or unrelated
 * process, and backends that outlive their postmaster.
 *
 * @throws {Error} with the server's last log lines when it does not come up
 */
export async function startCluster(options: ClusterOptions): Promise<RunningCluster> {
  const { directory, binaries } = options;
  mkdirSync(directory, { recursive: true });
  give(directory, binaries.user, 0o700);
  const data = join(directory, "data");
  if (!existsSync(join(data, "PG_VERSION"))) await createCluster(options, data);
  const password = readFileSync(join(directory, "password"), "utf8").trim();
  const running = (pidFile: PidFile, started: boolean): RunningCluster => ({
    ...pidFile,
    started,
    url: (database) => `postgres://${superuser}:${password}@127.0.0.1:${pidFile.port}/${database}`,
  });

  const existing = await livingServer(directory);
  if (existing) {
    const cluster = running(existing, false);
    if (await waitUntil(() => answers(cluster.url("postgres")), 60_000, 50)) return cluster;
    throw new Error(`PostgreSQL (pid ${existing.pid}) runs but does not answer:\n${lastLogLines(directory)}`);
  }
  await clearRemains(data);
  await startServer(options, data);
  const started = readPidFile(data);
  if (!started) throw new Error(`PostgreSQL ended right after it started:\n${lastLogLines(directory)}`);
  return running(started, true);
}

/** Ends the cluster's server (disconnecting its clients); false if none ran. */
export async function stopCluster(directory: string): Promise<boolean> {
  const server = await livingServer(directory);
  if (!server) return false;
  const gone = () => !identityOf(server.pid);
  signal(server.pid, "SIGINT");
  if (await waitUntil(gone, 15_000)) return true;
  signal(server.pid, "SIGQUIT");
  if (await waitUntil(gone, 5_000)) return true;
  throw new Error(`PostgreSQL (pid ${server.pid}) does not stop`);
}

/** The cluster's running server, if any: what the pid file says, checked against the process itself. */
async function livingServer(directory: string): Promise<PidFile | null> {
  const data = join(directory, "data");
  const isOurs = (pid: number) => identityOf(pid) !== null && commandLineOf(pid).includes(data);
  let file = readPidFile(data);
  // A server that has just begun has not written its port yet.
  await waitUntil(() => {
    file = readPidFile(data);
    return !file || file.port > 0 || !isOurs(file.pid);
  }, 10_000);
  return file && isOurs(file.pid) ? file : null;
}

function readPidFile(data: string): PidFile | null {
  try {
    const lines = readFileSync(join(data, "postmaster.pid"), "utf8").split("\n");
    const pid = Number(lines[0]);
    return pid > 0 ? { pid, port: Number(lines[3] ?? 0) } : null;
  } catch {
    return null;
  }
}

/** Backends of a killed postmaster still use its shared memory: only when they are gone may the pid file be removed. */
async function clearRemains(data: string): Promise<void> {
  if (!(await waitUntil(() => processesIn(data).length === 0, 5_000))) {
    for (const pid of processesIn(data)) signal(pid, "SIGQUIT");
    if (!(await waitUntil(() => processesIn(data).length === 0, 10_000))) {
      throw new Error(`processes of an earlier PostgreSQL still run in ${data}: ${processesIn(data).join(", ")}`);
    }
  }
  rmSync(join(data, "postmaster.pid"), { force: true });
}

async function createCluster(options: ClusterOptions, data: string): Promise<void> {
  const { directory, binaries } = options;
  const passwordFile = join(directory, "password");
  writeFileSync(passwordFile, randomBytes(24).toString("base64url"), { mode: 0o600 });
  give(passwordFile, binaries.user, 0o600);
  // Created beside its place and renamed, so that an interrupted initdb leaves nothing that looks like a cluster.
  const unfinished = join(directory, `data.${randomBytes(6).toString("hex")}`);
  const args = [
    ...["-D", unfinished, `--username=${superuser}`, `--pwfile=${passwordFile}`, "--auth=scram-sha-256"],
    ...["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"],
    ...(options.syncNewFiles ? [] : ["--no-sync"]),
  ];
  try {
    await run(binaries, "initdb", args, directory);
    renameSync(unfinished, data);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    throw error;
  }
}

async function startServer(options: ClusterOptions, data: string): Promise<void> {
  const { directory, binaries } = options;
  const log = join(directory, "server.log");
  if ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) > 10_000_000) renameSync(log, `${log}.old`);
  let first = options.port;
  for (let attempt = 1; ; attempt++) {
    const port = await freePort(first);
    const settings = {
      listen_addresses: "127.0.0.1",
      unix_socket_directories: "",
      timezone: "UTC",
      log_timezone: "UTC",
      ...options.settings,
    };
    const flags = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
    const args = ["start", "-w", "-t", "60", "-D", data, "-l", log, "-o", [`-p ${port}`, ...flags].join(" ")];
    try {
      await run(binaries, "pg_ctl", args, directory);
      return;
    } catch (error) {
      // Someone else may have taken the port since it was checked.
      if (attempt < 10 && /could not (bind|create any TCP)/.test(lastLogLines(directory))) first = port + 1;
      else throw new Error(`PostgreSQL does not start: ${String(error)}\n${lastLogLines(directory)}`, { cause: error });
    }
  }
}

function run(binaries: PostgresBinaries, program: string, args: string[], cwd: string): Promise<void> {
  // No PG* or LC_* variable of ours may change what the server does.
  const env = { PATH: process.env.PATH ?? "/usr/bin:/bin", LC_ALL: "C" } as unknown as NodeJS.ProcessEnv;
  return new Promise((resolve, reject) => {
    execFile(join(binaries.bin, program), args, { ...binaries.user, cwd, env }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${program} failed: ${(stderr || stdout || error.message).trim()}`));
      else resolve();
    });
  });
}

async function answers(url: string): Promise<boolean> {
  const sql = postgres(url, { max: 1, connect_timeout: 2, onnotice: () => {} });
  try {
    await sql`select 1`;
    return true;
  } catch {
    return false;
  } finally {
    await sql.end({ timeout: 1 });
  }
}

function give(path: string, user: ServerUser, mode: number): void {
  if (user) chownSync(path, user.uid, user.gid);
  chmodSync(path, mode);
}

function lastLogLines(directory: string): string {
  try {
    return readFileSync(join(directory, "server.log"), "utf8").trimEnd().split("\n").slice(-8).join("\n");
  } catch {
    return "(no server log)";
  }
}
