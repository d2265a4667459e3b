import { createHmac } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import { exclusively } from "./exclusive.mjs";
import { homeDirectory } from "./paths.ts";
import { findPostgresBinaries, reachableDirectory } from "./postgres-binaries.ts";
import { startCluster, stopCluster } from "./postgres-cluster.ts";

const databaseName = "reprise";
const servingLogin = "reprise_serving";
const defaultPort = 15432;

export type Database = {
  /** As the owner of the tables; with `DATABASE_URL` whoever that names. */
  url: string;
  /** As web and worker connect: the embedded server's login that may not change the audit log; else `url`. */
  servingUrl: string;
  /** True only for the call that started the embedded server; with `DATABASE_URL` always false. */
  startedByUs: boolean;
  /** The embedded server's process, null with `DATABASE_URL`. */
  pid: number | null;
  /** Ends the embedded server, whoever started it; does nothing with `DATABASE_URL`. */
  stop(): Promise<void>;
};

/**
 * The database this installation uses: `DATABASE_URL` as it is, else the embedded PostgreSQL in `REPRISE_HOME`,
 * started if it does not run (and left running until `stop`). Several processes may call it at once.
 *
 * @throws {Error} when `REPRISE_PG_PORT` is no port, or the server does not come up
 */
export async function ensureDatabase(): Promise<Database> {
  const external = process.env.DATABASE_URL;
  if (external) return { url: external, servingUrl: external, startedByUs: false, pid: null, stop: async () => {} };
  const home = homeDirectory();
  return exclusively(lockName(home), async () => {
    const binaries = findPostgresBinaries();
    const cluster = await startCluster({
      directory: reachableDirectory(join(home, "postgres"), binaries.user),
      binaries,
      port: configuredPort(),
      settings: { max_connections: "200" },
      syncNewFiles: true,
    });
    await createDatabase(cluster.url("postgres"));
    return {
      url: cluster.url(databaseName),
      servingUrl: servingUrl(cluster.url(databaseName)),
      startedByUs: cluster.started,
      pid: cluster.pid,
      stop: async () => void (await stopEmbeddedDatabase()),
    };
  });
}

/** Ends the embedded server of this installation; false if it did not run. */
export async function stopEmbeddedDatabase(): Promise<boolean> {
  const home = homeDirectory();
  return exclusively(lockName(home), () => stopCluster(embeddedDirectory(home)));
}

/** Ends the embedded server and deletes everything it holds. */
export async function dropEmbeddedDatabase(): Promise<void> {
  const home = homeDirectory();
  await exclusively(lockName(home), async () => {
    const directory = embeddedDirectory(home);
    await stopCluster(directory);
    rmSync(directory, { recursive: true, force: true });
  });
}

/** The embedded server's login for web and worker. Its password follows from the owner's, and does not lead back to it. */
function servingUrl(ownerUrl: string): string {
  const url = new URL(ownerUrl);
  url.password = createHmac("sha256", url.password).update(servingLogin).digest("base64url");
  url.username = servingLogin;
  return url.href;
}

function embeddedDirectory(home: string): string {
  return reachableDirectory(join(home, "postgres"), findPostgresBinaries().user);
}

function lockName(home: string): string {
  return `${home}/postgres`;
}

function configuredPort(): number {
  const text = process.env.REPRISE_PG_PORT || String(defaultPort);
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_000) {
    throw new Error(`REPRISE_PG_PORT must be a port number between 1 and 65000, not "${text}"`);
  }
  return port;
}

async function createDatabase(maintenanceUrl: string): Promise<void> {
  const sql = postgres(maintenanceUrl, { max: 1, onnotice: () => {} });
  try {
    const found = await sql`select 1 from pg_database where datname = ${databaseName}`;
    if (found.length === 0) await sql`create database ${sql(databaseName)}`;
  } finally {
    await sql.end({ timeout: 5 });
  }
}
