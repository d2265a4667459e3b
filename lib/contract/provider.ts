import { z } from "zod";
import { Timestamp } from "./run.ts";
import { EnteredUrl } from "./tool.ts";

export const ProviderName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, "lowercase letters, digits, ., _ and -; at most 64");

export const ProviderKind = z.enum(["anthropic", "openai", "openai-compatible"]).meta({ id: "ProviderKind" });
export type ProviderKind = z.infer<typeof ProviderKind>;

/** The key is needed for a new provider and whenever the address changes; it is never given out again. */
export const PutProviderRequest = z
  .strictObject({
    apiKey: z
      .string()
      .max(4096)
      .regex(/^[\x21-\x7e]*$/, "printable ASCII without spaces")
      .optional()
      .meta({ description: "Empty for a server that needs none" }),
    baseUrl: EnteredUrl.optional().meta({ description: "Without one: the provider's own address" }),
  })
  .meta({ id: "PutProviderRequest" });
export type PutProviderRequest = z.infer<typeof PutProviderRequest>;

export const ProviderView = z
  .object({
    provider: z.string(),
    kind: ProviderKind,
    baseUrl: z.string(),
    hasKey: z.boolean(),
    origin: z.enum(["workspace", "installation"]).meta({ description: "Whose access is used" }),
    updatedAt: Timestamp.nullable(),
    down: z
      .object({
        since: Timestamp,
        failures: z.int().meta({ description: "Calls in a row that it did not answer" }),
        lastError: z.string(),
      })
      .nullable()
      .meta({
        description:
          "It does not answer this workspace's calls: it is asked less than twice a second by all runs together, and the steps that would call it wait until it answers",
      }),
  })
  .meta({ id: "Provider" });
export type ProviderView = z.infer<typeof ProviderView>;
