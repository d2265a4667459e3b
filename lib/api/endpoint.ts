import type { z } from "zod";
import type { ErrorCode } from "#/lib/contract/problem.ts";
import type { Action } from "#/lib/tenancy/permissions.ts";

export const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;
export type Method = (typeof methods)[number];

/** What a status answers with: a JSON body, other media types, or nothing (null). */
export type AnswerShape = z.ZodType | { content: Record<string, z.ZodType> } | null;

/**
 * One REST operation, declared once: `route()` serves it, `openApiDocument()` describes it. `path` is below /api/v1.
 * `action` is what the actor must be permitted (the verb checks it again). `yaml` is the schema of `{ yaml: text }`
 * where a YAML body is accepted too. `emptyBody` reads an absent body as `{}`. `secret` answers are stored sealed under
 * their idempotency key. `errors` lists codes beyond those that every operation may answer with.
 */
export type Endpoint<
  P extends z.ZodType = z.ZodType,
  Q extends z.ZodType = z.ZodType,
  B extends z.ZodType = z.ZodType,
  Y extends z.ZodType = z.ZodType,
> = {
  method: Method;
  path: `/${string}`;
  id: string;
  tag: string;
  summary: string;
  action: Action;
  params?: P;
  query?: Q;
  body?: B;
  yaml?: Y;
  emptyBody?: boolean;
  secret?: boolean;
  /** Refuses, with this code, a JSON body in which an object has a key twice. */
  duplicateKeys?: ErrorCode;
  responses: Record<number, AnswerShape>;
  errors?: readonly ErrorCode[];
};

type NoFields = z.ZodObject<Record<never, never>>;

export function declare<
  P extends z.ZodObject = NoFields,
  Q extends z.ZodObject = NoFields,
  B extends z.ZodType = z.ZodUndefined,
  Y extends z.ZodType = z.ZodNever,
>(endpoint: Endpoint<P, Q, B, Y>): Endpoint<P, Q, B, Y> {
  return endpoint;
}

/** The values of a path template (`/runs/{id}`) in a path, decoded; null when the path is not of that form. */
export function matchPath(template: string, path: string): Record<string, string> | null {
  const wanted = template.split("/");
  const given = path.replace(/\/$/, "").split("/");
  if (wanted.length !== given.length) return null;
  const values: Record<string, string> = {};
  for (const [index, step] of wanted.entries()) {
    const text = given[index] ?? "";
    if (!step.startsWith("{")) {
      if (step !== text) return null;
      continue;
    }
    const value = decoded(text);
    if (value === null || value === "") return null;
    values[step.slice(1, -1)] = value;
  }
  return values;
}

function decoded(text: string): string | null {
  try {
    const value = decodeURIComponent(text);
    return value.includes("\u0000") ? null : value;
  } catch {
    return null;
  }
}
