import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { identityOf, waitUntil } from "#/lib/launcher/process-identity.ts";
import { dropEmbeddedDatabase, ensureDatabase, stopEmbeddedDatabase } from "#/lib/launcher/postgres.ts";

/** Its own home, so its own server beside the one the other tests use. */
const home = mkdtempSync(join(tmpdir(), "reprise-home-"));
const before = { ...process.env };

async function query(url: string, text: string): Promise<unknown> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return (await sql.unsafe(text))[0];
  } finally {
    await sql.end({ timeout: 5 });
  }
}

beforeAll(() => {
  chmodSync(home, 0o755);
  Object.assign(process.env, { REPRISE_HOME: home, REPRISE_PG_PORT: "15700" });
  delete process.env.DATABASE_URL;
});

afterAll(async () => {
  await dropEmbeddedDatabase();
  rmSync(home, { recursive: true, force: true });
  for (const name of ["REPRISE_HOME", "REPRISE_PG_PORT", "DATABASE_URL"]) {
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
});

beforeEach(async () => {
  await stopEmbeddedDatabase();
});

describe("the embedded PostgreSQL", () => {
  test("is started once by any number of callers at the same time", async () => {
    const databases = await Promise.all([ensureDatabase(), ensureDatabase(), ensureDatabase()]);
    expect(databases.filter(({ startedByUs }) => startedByUs)).toHaveLength(1);
    expect(new Set(databases.map(({ url }) => url)).size).toBe(1);
  });

  test("compares and lower-cases text by Unicode, whatever the system's locale is", async () => {
    const { url } = await ensureDatabase();
    expect(await query(url, "select lower('ÄÖÜ') as lower, 'É' ilike 'é' as same")).toEqual({
      lower: "äöü",
      same: true,
    });
  });

  test("keeps what was committed through a kill -9 of the server, and starts again at once", async () => {
    const first = await ensureDatabase();
    await query(first.url, "create table if not exists kept as select 7 as n");
    process.kill(first.pid!, "SIGKILL");
    const second = await ensureDatabase();
    expect(second.startedByUs).toBe(true);
    expect(await query(second.url, "select n from kept")).toEqual({ n: 7 });
  });

  test("is not misled by a pid file that names an unrelated process", async () => {
    const { pid } = await ensureDatabase();
    process.kill(pid!, "SIGKILL");
    await waitUntil(() => !identityOf(pid!), 5_000);
    const pidFile = join(home, "postgres/data/postmaster.pid");
    // In a home that the server's user cannot enter, the files are elsewhere.
    if (existsSync(pidFile)) {
      writeFileSync(pidFile, readFileSync(pidFile, "utf8").replace(/^\d+/, String(process.pid)));
    }
    expect((await ensureDatabase()).startedByUs).toBe(true);
  });

  test("takes the next port when its own is taken", async () => {
    const { createServer } = await import("node:net");
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(15700, "127.0.0.1", resolve));
    const { url } = await ensureDatabase();
    expect(Number(new URL(url).port)).toBeGreaterThan(15700);
    await new Promise((resolve) => other.close(resolve));
  });

  test("starts nothing when DATABASE_URL is set", async () => {
    process.env.DATABASE_URL = "postgres://somebody@elsewhere/db";
    expect(await ensureDatabase()).toMatchObject({
      url: "postgres://somebody@elsewhere/db",
      startedByUs: false,
      pid: null,
    });
    delete process.env.DATABASE_URL;
    expect(await stopEmbeddedDatabase()).toBe(false);
  });

  test.each(["0", "http", "99999"])("refuses REPRISE_PG_PORT=%s with a line that names it", async (port) => {
    process.env.REPRISE_PG_PORT = port;
    await expect(ensureDatabase()).rejects.toThrow(/^REPRISE_PG_PORT must be/);
    process.env.REPRISE_PG_PORT = "15700";
  });
});
