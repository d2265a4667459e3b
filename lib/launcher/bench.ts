import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import { migrateDatabase } from "#/lib/worker/migrate.ts";
import { processEnvironment } from "./environment.ts";
import { startEphemeralCluster, type EphemeralCluster } from "./ephemeral-cluster.ts";
import { runNode } from "./foreground.ts";
import { repository } from "./paths.ts";
import { runCommand, shutdownSignal } from "./shutdown.ts";

const directoryOfBenches = "tests/bench";

/** Each benchmark gets a database of its own on a server with PostgreSQL's full durability, and prints JSON lines. */
await runCommand(async () => {
  const only = process.argv.slice(2);
  const all = existsSync(join(repository, directoryOfBenches)) ? readdirSync(join(repository, directoryOfBenches)) : [];
  const chosen = all
    .filter((name) => name.endsWith(".bench.ts") && (only.length === 0 || only.some((part) => name.includes(part))))
    .toSorted();
  if (chosen.length === 0)
    throw new Error(`no benchmark in ${directoryOfBenches} has a name that contains ${only.join(" or ")}`);
  const cluster = await startEphemeralCluster("full");
  try {
    let failed = 0;
    for (const name of chosen) {
      if (shutdownSignal().aborted) return 130;
      console.error(`# ${name}`);
      if ((await runBenchmark(name, cluster)) !== 0) failed++;
    }
    return failed > 0 ? 1 : 0;
  } finally {
    await cluster.stop();
  }
});

async function runBenchmark(name: string, cluster: EphemeralCluster): Promise<number> {
  const database = `bench_${name.replaceAll(/\W/g, "_")}`;
  const sql = postgres(cluster.url("postgres"), { max: 1, onnotice: () => {} });
  try {
    await sql`create database ${sql(database)}`;
    await migrateDatabase(cluster.url(database));
    const env = await processEnvironment({ databaseUrl: cluster.url(database), useGeneratedSecrets: true });
    return (await runNode(join(directoryOfBenches, name), [], { env })).code;
  } finally {
    await sql`drop database if exists ${sql(database)} with (force)`;
    await sql.end({ timeout: 5 });
  }
}
