import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import { env } from "#/lib/core/env.ts";
import { OfOwners, Slots } from "#/lib/core/slots.ts";
import { preparingClient } from "./prepared-statements.ts";

export type Database = PostgresJsDatabase;
export type Transaction = Parameters<Parameters<Database["transaction"]>[0]>[0];
/** The pool, or a transaction that is open on one of its connections. */
export type DbHandle = Database | Transaction;

/** How many connections each of a process's two pools opens at most. */
type Sizes = { database: number; raw: number };
type Settings = { idle_in_transaction_session_timeout: number; plan_cache_mode?: "force_generic_plan" };
type Pools = {
  database?: Database;
  client?: postgres.Sql;
  raw?: postgres.Sql;
  settings?: Settings;
  sizes?: Sizes;
  shares?: OfOwners<Slots>;
};
const mostConnections = 20;
/** On globalThis: in Next, pages, routes and instrumentation are separate module instances. */
const pools = ((globalThis as { reprisePools?: Pools }).reprisePools ??= {});

/** The process's pool, made at first use (a build imports routes without a database). */
export function database(): Database {
  pools.database ??= drizzle(
    (pools.client = preparingClient(connect({ max: pools.sizes?.database ?? mostConnections }))),
  );
  return pools.database;
}

/** Transactions that a process has open at once for one workspace: a fifth of its connections. */
const transactionsAtOnce = () => Math.max(1, Math.floor((pools.sizes?.database ?? mostConnections) / 5));

/**
 * The pool as the requests and the runs of one workspace use it: however many of them wait for its locks or write at once, they
 * hold only a share of the connections, and the others wait here.
 */
export function databaseOf(workspaceId: string): Database {
  const all = database();
  const shares = (pools.shares ??= new OfOwners(() => new Slots(transactionsAtOnce())));
  const transaction: Database["transaction"] = (work, config) =>
    shares.use(workspaceId, (slots) => slots.hold(() => all.transaction(work, config)));
  return Object.assign(Object.create(all) as Database, { transaction });
}

/**
 * A second, small pool of plain postgres.js for LISTEN and the queue: drizzle changes how the client it is given parses
 * and serialises values, so the two cannot share one.
 */
export function rawClient(): postgres.Sql {
  pools.raw ??= connect({ max: pools.sizes?.raw ?? 10 });
  return pools.raw;
}

/** No transaction waits for anything but the database; a hanging process's locks are released after this. */
const idleInTransactionMs = 15_000;

/**
 * Before the first query of a process that sends few statements over and over and whose transactions never wait for
 * anything but the database. The server ends a transaction that stands idle for `idleMs`: a process that hangs, or whose
 * machine is gone, must not keep the locks that it has taken. And each statement is planned once, not for each of its
 * parameters: none of this process's statements needs another plan for other values.
 */
export function connectAsEngine(idleMs: number, sizes?: Sizes): void {
  if (sizes) pools.sizes = sizes;
  pools.settings = { idle_in_transaction_session_timeout: idleMs, plan_cache_mode: "force_generic_plan" };
}

/**
 * Seconds until a connection is tried again. The driver's own rule counts the failures of all connections together and
 * waits up to 20 s: after an outage of one second, requests would stand still for many.
 */
function backoff(failures: number): number {
  return Math.min(0.5, 0.05 * 2 ** failures) * (0.5 + Math.random() / 2);
}

function connect(options: postgres.Options<Record<string, never>>): postgres.Sql {
  const connection = pools.settings ?? { idle_in_transaction_session_timeout: idleInTransactionMs };
  return postgres(env("DATABASE_URL"), { onnotice: () => {}, connect_timeout: 10, backoff, connection, ...options });
}

/** Ends both pools; waits up to 5 s for queries in flight. */
export async function closeDatabase(): Promise<void> {
  const ending = [pools.client, pools.raw].map((client) => client?.end({ timeout: 5 }));
  pools.database = pools.client = pools.raw = undefined;
  await Promise.all(ending);
}
