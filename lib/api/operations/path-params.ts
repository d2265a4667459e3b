import { z } from "zod";

/** Parameters and texts that several declarations share. */
export const Id = z.string().min(1).max(100);
export const ById = z.object({ id: Id });
export const BySlug = z.object({ slug: z.string().min(1).max(64) });
export const EnvironmentName = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,31}$/, "lowercase letters, digits, _ and -; at most 32");
