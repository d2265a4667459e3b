import { z } from "zod";

/**
 * An object with entries of one kind. Refuses an own key `__proto__`, naming it: zod leaves it out without a word, and what
 * was accepted would not be what is stored.
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
