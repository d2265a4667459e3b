import { z } from "zod";

/** One level's policy (account or workspace); null = unset. */
export const PolicyValues = z
  .object({
    allowedModels: z.array(z.string()).nullable(),
    allowedProviders: z.array(z.string()).nullable(),
    replay: z.object({ allowMutations: z.boolean().nullable() }),
  })
  .meta({ id: "PolicyValues" });
export type PolicyValues = z.infer<typeof PolicyValues>;

/** `PUT` replaces: what is absent is unset. */
export const PutPolicyRequest = z
  .strictObject({
    allowedModels: z.array(z.string().min(1).max(300)).max(1000).nullable().optional(),
    allowedProviders: z.array(z.string().min(1).max(100)).max(100).nullable().optional(),
    replay: z.strictObject({ allowMutations: z.boolean().nullable().optional() }).optional(),
  })
  .meta({ id: "PutPolicyRequest" });
export type PutPolicyRequest = z.infer<typeof PutPolicyRequest>;

const origin = z.enum(["default", "workspace", "account", "both"]);

export const PolicyView = z
  .object({
    effective: z.object({
      allowedModels: z.object({ value: z.array(z.string()).nullable(), origin }),
      allowedProviders: z.object({ value: z.array(z.string()).nullable(), origin }),
      replay: z.object({ allowMutations: z.object({ value: z.boolean(), origin, nodesMayOptIn: z.boolean() }) }),
    }),
    workspace: PolicyValues,
    account: PolicyValues,
  })
  .meta({ id: "Policy" });
export type PolicyView = z.infer<typeof PolicyView>;
