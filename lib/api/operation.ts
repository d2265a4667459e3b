import type { z } from "zod";
import type { Json } from "#/lib/contract/json.ts";
import type { ErrorCode } from "#/lib/contract/problem.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import type { Action } from "#/lib/tenancy/permissions.ts";
import type { Answer } from "./answer.ts";

export const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;
export type Method = (typeof methods)[number];

/** What an answer with this status holds: a JSON body, other media types (a stream, a packed form, a file), or nothing (null). */
export type AnswerShape = z.ZodType | { content: Record<string, z.ZodType> } | null;

/** Who calls, and what for. */
type Asked<P, Q, B> = { ctx: Ctx; params: P; query: Q; body: B };

/**
 * What a handler gets. `isStillAllowed` checks again whether the actor may do this, as open streams must. `asked`
 * is the result of the operation's `ask`, `apart` or `judge`.
 */
export type Call<P, Q, B, A> = Asked<P, Q, B> & {
  request: Request;
  isStillAllowed: () => Promise<boolean>;
  asked: A;
};

/** What an operation says about itself: what OpenAPI describes, and what tests and other surfaces derive from. */
type Declaration<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, Y extends z.ZodType> = {
  method: Method;
  /** Below /api/v1, with `{name}` for each parameter. */
  path: `/${string}`;
  /** Unique; the name of the operation in OpenAPI. */
  id: string;
  tag: string;
  summary: string;
  /** What the summary, the scopes and the schemas do not tell. */
  note?: string;
  /** What the actor must be permitted; the verb checks it again. */
  action: Action;
  params?: P;
  query?: Q;
  body?: B;
  /** The schema of `{ yaml: text }`, where a YAML body is accepted too. */
  yaml?: Y;
  /** An absent body is read as `{}`. */
  emptyBody?: boolean;
  /** The answer holds a secret: it is stored sealed under its idempotency key. */
  secret?: boolean;
  /** Changes nothing, though its method is not GET; an idempotency key then stores nothing. */
  readOnly?: boolean;
  /**
   * Costs the process far more than most: those of one workspace are answered one after the other, with rests between.
   */
  isHeavy?: boolean;
  /** Refuses, with this code, a JSON body in which an object has a key twice. */
  duplicateKeys?: ErrorCode;
  answers: Record<number, AnswerShape>;
  /** Codes beyond those that every operation may answer with. */
  errors?: readonly ErrorCode[];
};

/**
 * One operation of the API, written once: served, described, permitted and tested from this value. A handler answers with
 * data, or with a Response of its own where the answer is a stream, a packed form or a file.
 */
export type Operation = Declaration<z.ZodType, z.ZodType, z.ZodType, z.ZodType> & {
  ask?: (call: Asked<unknown, unknown, unknown>) => Promise<unknown>;
  apart?: (call: Asked<unknown, unknown, unknown>) => Promise<unknown>;
  judge?: (call: Asked<unknown, unknown, unknown>) => Promise<unknown>;
  handle: (call: Call<unknown, unknown, unknown, unknown>) => Promise<Answer | Response>;
  /** What to answer instead of the stored body when an idempotency key is used again: what has become of it since. */
  since?: (ctx: Ctx, stored: never) => Promise<Json>;
};

type NoFields = z.ZodObject<Record<never, never>>;

/**
 * Defines an operation; the schemas give the handler's parameters their types. What may take long runs before the handler,
 * with no transaction open: `ask` calls another server, once only under an idempotency key; `apart` changes what is the
 * same when it is done twice, in transactions of its own; `judge` looks at what was sent, changes nothing, and may be
 * repeated. `handle` may run in a transaction (an idempotency key's) and calls nothing but the database.
 */
export function operation<
  P extends z.ZodObject = NoFields,
  Q extends z.ZodObject = NoFields,
  B extends z.ZodType = z.ZodUndefined,
  Y extends z.ZodType = z.ZodNever,
  A = undefined,
>(
  declared: Declaration<P, Q, B, Y> & {
    ask?: (call: Asked<z.output<P>, z.output<Q>, z.output<B> | z.output<Y>>) => Promise<A>;
    apart?: (call: Asked<z.output<P>, z.output<Q>, z.output<B> | z.output<Y>>) => Promise<A>;
    judge?: (call: Asked<z.output<P>, z.output<Q>, z.output<B> | z.output<Y>>) => Promise<A>;
    handle: (call: Call<z.output<P>, z.output<Q>, z.output<B> | z.output<Y>, A>) => Promise<Answer | Response>;
    since?: (ctx: Ctx, stored: never) => Promise<Json>;
  },
): Operation {
  const { query } = declared;
  return { ...declared, ...(query ? { query: closed(query) } : {}) } as unknown as Operation;
}

/** A parameter that the operation does not know is refused, as an unknown field of a body is. */
function closed(query: z.ZodObject): z.ZodObject {
  return query.def.catchall === undefined ? query.strict() : query;
}

/** Whether the operation changes nothing, so that it may be repeated at will. Pure. */
export function isReadOnly(operation: Pick<Operation, "method" | "readOnly">): boolean {
  return operation.method === "GET" || operation.readOnly === true;
}
