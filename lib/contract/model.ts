import { z } from "zod";

/** Prices in micro-dollars per million tokens; null = unknown, which makes the cost unknown, never 0. */
export const ModelPrice = z
  .object({
    input: z.int().nullable(),
    output: z.int().nullable(),
    cacheRead: z.int().nullable(),
    cacheWrite: z.int().nullable(),
  })
  .meta({ id: "ModelPrice" });
export type ModelPrice = z.infer<typeof ModelPrice>;

export const ModelView = z
  .object({
    id: z.string(),
    ref: z.string(),
    provider: z.string(),
    name: z.string(),
    retired: z.boolean(),
    price: ModelPrice.nullable(),
    allowed: z.boolean(),
    notAllowedCode: z.enum(["model_not_available", "provider_blocked"]).nullable(),
    notAllowedBecause: z.string().nullable(),
  })
  .meta({ id: "Model" });
export type ModelView = z.infer<typeof ModelView>;

export const UpdateModelRequest = z.strictObject({ retired: z.boolean() }).meta({ id: "UpdateModelRequest" });
