import { sql, type SQL } from "drizzle-orm";
import { PgDialect } from "drizzle-orm/pg-core";
import type { Database } from "./client.ts";

/**
 * A statement that drizzle puts together once for each pool, not at each use, which takes it longer than the server needs
 * to execute it. `build` ends in `.prepare(…)` and leaves the values open (`sql.placeholder`).
 */
export function builtOnce<Statement extends object>(build: (db: Database) => Statement): (db: Database) => Statement {
  const known = new WeakMap<Database, Statement>();
  return (db) => {
    const statement = known.get(db) ?? build(db);
    known.set(db, statement);
    return statement;
  };
}

/** A part of a statement without values, as a text that is put together once. Throws when it has values. */
export function fixedText(part: SQL): SQL {
  const { sql: text, params } = new PgDialect().sqlToQuery(part);
  if (params.length > 0) throw new Error("a fixed part of a statement has no values");
  return sql.raw(text);
}
