import { z } from "zod";
import {
  isPayloadField,
  longestPayloadText,
  mostPayloadFields,
  mostPayloadFilters,
  payloadFault,
  type PayloadFilter,
} from "./payload-path.ts";

/** What OpenAPI says about the fields without fixed names. */
const PayloadText = z.string().meta({
  title: "payload",
  description: `\`payload.PATH=value\`, up to ${mostPayloadFilters} that must all hold: runs whose trigger payload has that scalar at PATH. PATH is keys and item numbers: \`customer.id\`, \`items[0].sku\`, \`["key.with.dots"].c\`. The value is compared as text, whole: a string as it is, a number in canonical JSON (\`100\`, not \`100.0\`), \`true\`, \`false\`, \`null\`. Of each payload the first ${mostPayloadFields} scalar fields are indexed, level by level; of those, fields whose path or text is longer than ${longestPayloadText} characters are not.`,
});

/**
 * The object plus any `payload.PATH` field; every other field is refused. Used by the list's query and by
 * whatever holds the filter in a body.
 */
export function withPayloadFields<S extends z.core.$ZodLooseShape>(
  object: z.ZodObject<S>,
): z.ZodObject<S, { out: PayloadFilter; in: PayloadFilter }> {
  const open = object.catchall(PayloadText).superRefine((value, context) => {
    const own = new Set(Object.keys(object.shape));
    const others = Object.entries(value).filter(([name]) => !own.has(name));
    const unknown = others.map(([name]) => name).filter((name) => !isPayloadField(name));
    if (unknown.length > 0)
      context.addIssue({ code: "unrecognized_keys", keys: unknown, input: value, message: "unknown field" });
    for (const [index, [name, text]] of others.filter(([name]) => isPayloadField(name)).entries()) {
      const many = index < mostPayloadFilters ? null : `at most ${mostPayloadFilters} payload fields in one filter`;
      const message = many ?? payloadFault(name, String(text));
      if (message !== null) context.addIssue({ code: "custom", path: [name], message, input: text });
    }
  });
  return open as unknown as z.ZodObject<S, { out: PayloadFilter; in: PayloadFilter }>;
}
