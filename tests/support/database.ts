import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { ensureApplicationLogin } from "#/db/roles.ts";
import { migrateDatabase } from "#/lib/worker/migrate.ts";
import { startEphemeralCluster } from "#/lib/launcher/ephemeral-cluster.ts";

/** Names the test server's maintenance database; set by `startTestServer` and inherited by the test processes. */
const serverVariable = "REPRISE_TEST_SERVER_URL";
const templateName = "reprise_template";
const applicationName = { name: "reprise_test_app", password: "application" };
const sourceDatabaseInUse = "55006";

export type TestDatabase = {
  /** As the owner of the tables, who may do anything. */
  url: string;
  /** As web and worker connect in production: with the application's role. */
  applicationUrl: string;
  /** Deletes the database, disconnecting whoever still uses it. */
  drop(): Promise<void>;
};

/**
 * Starts the PostgreSQL of one test run and migrates the template that every test database is a copy of.
 * Returns what ends it. A server that an outer process has already started is used and left alone.
 */
export async function startTestServer(): Promise<() => Promise<void>> {
  if (process.env[serverVariable]) return async () => {};
  const cluster = await startEphemeralCluster("none");
  try {
    await withServer(cluster.url("postgres"), (sql) => sql`create database ${sql(templateName)}`);
    await migrateDatabase(cluster.url(templateName));
    await ensureApplicationLogin(cluster.url(templateName), applicationName);
  } catch (error) {
    await cluster.stop();
    throw error;
  }
  process.env[serverVariable] = cluster.url("postgres");
  return async () => {
    delete process.env[serverVariable];
    await cluster.stop();
  };
}

/** A migrated, empty database of its own: one for each test file (about 10 ms). */
export function createTestDatabase(): Promise<TestDatabase> {
  return createDatabase(cloneTemplate);
}

/** A database without a single table. */
export function createBareDatabase(): Promise<TestDatabase> {
  return createDatabase((sql, name) => sql`create database ${sql(name)}`);
}

async function createDatabase(make: (sql: postgres.Sql, name: string) => PromiseLike<unknown>): Promise<TestDatabase> {
  const server = process.env[serverVariable];
  if (!server) {
    throw new Error(
      "no test server: tests that need a database belong in tests/integration, tests/api or tests/worker",
    );
  }
  const name = `test_${process.pid}_${randomBytes(6).toString("hex")}`;
  await withServer(server, (sql) => make(sql, name));
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    applicationUrl: applicationUrl(url),
    drop: () => withServer(server, (sql) => sql`drop database if exists ${sql(name)} with (force)`),
  };
}

function applicationUrl(ownerUrl: URL): string {
  return Object.assign(new URL(ownerUrl), { username: applicationName.name, password: applicationName.password }).href;
}

async function cloneTemplate(sql: postgres.Sql, name: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await sql`create database ${sql(name)} template ${sql(templateName)} strategy file_copy`;
      return;
    } catch (error) {
      const inUse = (error as { code?: string }).code === sourceDatabaseInUse;
      if (!inUse || attempt === 100) throw error;
      await sleep(20);
    }
  }
}

async function withServer(url: string, action: (sql: postgres.Sql) => PromiseLike<unknown>): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await action(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}
