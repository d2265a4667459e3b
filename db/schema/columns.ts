import { customType, timestamp } from "drizzle-orm/pg-core";
import type { Json } from "#/lib/contract/json.ts";

/** Milliseconds, as on the wire. */
export const time = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: "date" });

/**
 * `json`, not `jsonb`: bodies keep their key order, and the escapes \u0000 and lone surrogates that jsonb refuses. A column
 * of our own: the driver has parsed what it hands over, and drizzle's own would parse a text a second time ("1001" would
 * come back as a number). A JSON null is stored as SQL's.
 */
const json = customType<{ data: Json; driverData: unknown }>({
  dataType: () => "json",
  toDriver: (value) => JSON.stringify(value),
  fromDriver: (value) => value as Json,
});

/** The only kind of column for JSON; `T` is what its writers guarantee. */
export const jsonBody = <T = Json>(name: string) => json(name).$type<T>();
