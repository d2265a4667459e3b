import { randomBytes } from "node:crypto";
import {
  accessSync,
  constants,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { homeSubdirectory } from "./paths.ts";
import { findPostgresBinaries, reachableDirectory } from "./postgres-binaries.ts";
import { startCluster, stopCluster } from "./postgres-cluster.ts";
import { identityOf, isAlive, signal, waitUntil, type ProcessIdentity } from "./process-identity.ts";

const memoryDisk = "/dev/shm";
const neededBytes = 1_000_000_000;
const firstPort = 15_500;

export type EphemeralCluster = {
  /** The address of one database of this cluster, as superuser. */
  url(database: string): string;
  /** Ends the server at once, as a crash does (PostgreSQL's immediate shutdown): it recovers from its log at the next start. */
  crash(): Promise<void>;
  /** Starts the server again after a crash, at the same address. */
  startAgain(): Promise<void>;
  /** Ends the server and deletes its files. */
  stop(): Promise<void>;
};

export type EphemeralOptions = {
  /** The first port to try; by default the one that tests and benchmarks use. */
  port?: number;
  /** Server settings that replace ours. */
  settings?: Record<string, string>;
};

/** Who a throw-away cluster belongs to: when that process is gone, the next one to start a cluster clears it away. */
type Registration = {
  directory: string;
  owner: ProcessIdentity;
};

const fastSettings = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  // Each of the hundred databases of a test run lives for seconds: there is nothing to tidy in it.
  autovacuum: "off",
  max_wal_size: "256MB",
};

/**
 * Starts a PostgreSQL of its own for tests or benchmarks, beside any other.
 *
 * @param durability `"none"`: in memory where the machine has room, nothing synced (a clone of a database takes
 * 10 ms); `"full"`: on disk with PostgreSQL's defaults, which is what a measurement must use
 */
export async function startEphemeralCluster(
  durability: "none" | "full",
  options: EphemeralOptions = {},
): Promise<EphemeralCluster> {
  const registrations = homeSubdirectory("ephemeral");
  await clearAbandoned(registrations);
  const binaries = findPostgresBinaries();
  const parent = durability === "none" ? fastestDirectory() : registrations;
  const wanted = join(parent, `reprise-${process.pid}-${randomBytes(4).toString("hex")}`);
  const reachable = reachableDirectory(wanted, binaries.user);
  const directory = mkdtempSync(`${reachable}-`);
  const registration = join(registrations, `${process.pid}-${randomBytes(4).toString("hex")}.json`);
  const owner = identityOf(process.pid);
  if (owner) writeFileSync(registration, JSON.stringify({ directory, owner } satisfies Registration));
  const remove = () => removeCluster(directory, registration);
  try {
    const settings = { max_connections: "300", ...(durability === "none" ? fastSettings : {}), ...options.settings };
    const start = (port: number) =>
      startCluster({ directory, binaries, port, settings, syncNewFiles: durability === "full" });
    let cluster = await start(options.port ?? firstPort);
    const { port } = cluster;
    return {
      url: (database) => cluster.url(database),
      crash: () => crashServer(cluster.pid),
      async startAgain() {
        cluster = await start(port);
        if (cluster.port !== port) throw new Error(`somebody took port ${port} while PostgreSQL was down`);
      },
      stop: remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function crashServer(pid: number): Promise<void> {
  signal(pid, "SIGQUIT");
  if (!(await waitUntil(() => !identityOf(pid), 15_000))) throw new Error(`PostgreSQL (pid ${pid}) does not end`);
}

async function removeCluster(directory: string, registration: string): Promise<void> {
  await stopCluster(directory);
  rmSync(directory, { recursive: true, force: true });
  rmSync(registration, { force: true });
}

async function clearAbandoned(registrations: string): Promise<void> {
  for (const name of readdirSync(registrations).filter((entry) => entry.endsWith(".json"))) {
    const path = join(registrations, name);
    try {
      const { directory, owner } = JSON.parse(readFileSync(path, "utf8")) as Registration;
      if (!isAlive(owner)) await removeCluster(directory, path);
    } catch {
      // Cleared at the same moment by someone else, or half written by a process that is starting.
    }
  }
}

function fastestDirectory(): string {
  try {
    accessSync(memoryDisk, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = statfsSync(memoryDisk);
    if (bavail * bsize >= neededBytes) return memoryDisk;
  } catch {
    // Not there, or not ours to write to.
  }
  return tmpdir();
}
