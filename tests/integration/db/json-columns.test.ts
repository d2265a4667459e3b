import { globSync } from "node:fs";
import { getTableColumns, getTableName, is, sql } from "drizzle-orm";
import { PgTable, type PgColumn } from "drizzle-orm/pg-core";
import { expect, test } from "vitest";
import { database, rawClient } from "#/db/client.ts";
import type { Json } from "#/lib/contract/json.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { trickyValues } from "#/tests/support/value-table.ts";

ownDatabase();

async function jsonColumns(): Promise<[name: string, column: PgColumn][]> {
  const modules = await Promise.all(
    globSync("db/schema/*.ts").map(
      (file) => import(/* @vite-ignore */ `#/${file}`) as Promise<Record<string, unknown>>,
    ),
  );
  const tables = modules.flatMap((module) => Object.values(module)).filter((value) => is(value, PgTable));
  return tables
    .flatMap((table) => Object.values(getTableColumns(table)).map((column) => [getTableName(table), column] as const))
    .filter(([, column]) => column.getSQLType().startsWith("json"))
    .map(([table, column]) => [`${table}.${column.name}`, column]);
}

test("every JSON column gives back what was put into it", async () => {
  const columns = await jsonColumns();
  expect(columns.length).toBeGreaterThan(15);
  for (const [name, column] of columns) {
    for (const value of trickyValues) {
      const stored = value === null ? sql`null` : sql.param(value, column);
      const [row] = await database()
        .select({ value: sql`${stored}::json`.mapWith(column) })
        .from(sql`(select 1) as one`);
      expect([name, row?.value]).toStrictEqual([name, value]);
    }
  }
});

test("so do statements in plain SQL, through either pool", async () => {
  for (const value of trickyValues) {
    const text = JSON.stringify(value);
    const [raw] = await rawClient()<{ value: Json }[]>`select ${text}::text::json as value`;
    const [mapped] = await database().execute<{ value: Json }>(sql`select ${text}::text::json as value`);
    expect([raw?.value, mapped?.value]).toStrictEqual([value, value]);
  }
});
