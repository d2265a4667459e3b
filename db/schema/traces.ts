import { customType, integer, pgTable, text } from "drizzle-orm/pg-core";
import { runs } from "./runs.ts";

const bytea = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => "bytea" });

/** The skeleton of a finished run, gzipped JSON; rebuilt when `rev` is not the run's. */
export const runSkeletons = pgTable("run_skeletons", {
  runId: text("run_id")
    .primaryKey()
    .references(() => runs.id, { onDelete: "cascade" }),
  rev: integer("rev").notNull(),
  gzip: bytea("gzip").notNull(),
});
