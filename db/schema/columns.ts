import { json, timestamp } from "drizzle-orm/pg-core";
import type { Json } from "#/lib/contract/json.ts";

/** Milliseconds, as on the wire. */
export const time = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: "date" });

/** `json`, not `jsonb`: bodies keep their key order, and the escapes \u0000 and lone surrogates that jsonb refuses. */
export const jsonBody = <T = Json>(name: string) => json(name).$type<T>();
