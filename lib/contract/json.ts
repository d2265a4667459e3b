import { z } from "zod";

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/**
 * Any JSON value, passed through by reference: bodies are checked once (depth, numbers, text) where they are read,
 * and copying them here would lose own `__proto__` keys.
 */
export const JsonValue = z
  .custom<Json>((value) => value !== undefined)
  .meta({
    id: "JsonValue",
    description:
      "Any JSON value; it comes back as it was sent. Numbers are doubles: one that a double would change (an integer such as 9007199254740993, 1e400) is refused with its path. Send it as a text. A body holds at most 200000 values, names in objects included.",
  });

export const JsonObject = z
  .custom<JsonObject>(
    (value) => typeof value === "object" && value !== null && !Array.isArray(value),
    "expected an object",
  )
  .meta({ id: "JsonObject", type: "object" });
