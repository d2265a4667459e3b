import { sql } from "drizzle-orm";
import journal from "#/drizzle/meta/_journal.json" with { type: "json" };
import { database } from "./client.ts";

/** `ready`, or what is missing: the database cannot be reached, or lacks migrations that this code was made for. */
export async function databaseState(): Promise<"ready" | "unreachable" | "not_migrated"> {
  try {
    const rows = await database().execute<{ applied: number }>(
      sql`select count(*)::int as applied from drizzle.__drizzle_migrations`,
    );
    return (rows[0]?.applied ?? 0) >= journal.entries.length ? "ready" : "not_migrated";
  } catch (error) {
    return isMissingTable(error) ? "not_migrated" : "unreachable";
  }
}

function isMissingTable(error: unknown): boolean {
  const code = (error as { cause?: { code?: unknown } } | null)?.cause?.code;
  return code === "42P01" || code === "3F000";
}
