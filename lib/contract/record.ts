import { z } from "zod";

/**
 * An object with entries of one kind. Refuses an own key `__proto__` by name: zod would drop it silently, and what
 * is stored would not be what was accepted.
 */
export function recordOf<Key extends z.core.$ZodRecordKey, Value extends z.core.SomeType>(key: Key, value: Value) {
  return z.preprocess(
    (given, ctx) => {
      if (typeof given === "object" && given !== null && Object.hasOwn(given, "__proto__"))
        ctx.addIssue({ code: "custom", path: ["__proto__"], message: "expected another name than __proto__" });
      return given;
    },
    z.record(key, value),
  );
}
