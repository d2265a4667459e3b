import { pgTable, text } from "drizzle-orm/pg-core";
import { time } from "./columns.ts";

/** Which process does what only one may do at a time; a lease that is not renewed passes to another. */
export const leases = pgTable("leases", {
  name: text("name").primaryKey(),
  holder: text("holder").notNull(),
  until: time("until").notNull(),
});
