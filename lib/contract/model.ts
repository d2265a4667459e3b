import { z } from "zod";
import { text } from "./text.ts";

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

/** Ten million US dollars per million tokens. A negative price would make room below a replay's limit. */
const mostMicros = 10_000_000_000_000;
const givenPrice = z.int().min(0).max(mostMicros).nullable();
const GivenPrice = z
  .object({ input: givenPrice, output: givenPrice, cacheRead: givenPrice, cacheWrite: givenPrice })
  .meta({ id: "GivenPrice" });

export const UpdateModelRequest = z.strictObject({ retired: z.boolean() }).meta({ id: "UpdateModelRequest" });

/** A model that the catalogue does not have, of any provider; a price that is not given is unknown. */
export const CreateModelRequest = z
  .strictObject({
    id: text().regex(/^[^\s:][^\s]{0,199}$/, "no spaces, and no colon at its start; at most 200 characters"),
    provider: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, "lowercase letters, digits, ., _ and -; at most 64"),
    name: text().trim().min(1).max(200).optional(),
    price: GivenPrice.nullable().optional(),
  })
  .meta({ id: "CreateModelRequest" });
export type CreateModelRequest = z.infer<typeof CreateModelRequest>;
