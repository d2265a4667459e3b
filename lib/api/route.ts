import { z } from "zod";
import type { Json } from "#/lib/contract/json.ts";
import type { ErrorCode } from "#/lib/contract/problem.ts";
import { findDuplicateKey } from "#/lib/core/duplicate-key.ts";
import { DomainError, invalidField, notFound } from "#/lib/core/errors.ts";
import { newId } from "#/lib/core/ids.ts";
import { addLogContext, withLogContext } from "#/lib/core/log-context.ts";
import { authenticate } from "#/lib/auth/authenticate.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { withIdempotency } from "#/lib/tenancy/idempotency.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { answerResponse, commonHeaders, problemResponse, type Answer } from "./answer.ts";
import { matchPath, methods, type Endpoint, type Method } from "./endpoint.ts";
import { parsePart } from "./field-errors.ts";
import { readBody, type Body } from "./request-body.ts";
import { recordRequest } from "./request-record.ts";
import { requestHash } from "./request-hash.ts";

/** What a handler gets. `isStillAllowed` asks afresh whether the actor may do this: streams do, as long as they last. */
export type Call<P, Q, B> = {
  ctx: Ctx;
  params: P;
  query: Q;
  body: B;
  request: Request;
  isStillAllowed: () => Promise<boolean>;
};

export type RouteHandler = ((request: Request) => Promise<Response>) & { endpoint?: Endpoint };

export const apiPrefix = "/api/v1";

/** For so long after it was asked an actor counts as who they were; a body that takes longer asks again. */
export const trustedForMs = 1000;

/**
 * Serves a declared endpoint; the only way into app/api/v1. Authenticates, checks the declared action, parses params,
 * query and body once, and runs the handler, below its Idempotency-Key if the request has one. Every error becomes
 * problem details.
 */
export function route<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, Y extends z.ZodType>(
  endpoint: Endpoint<P, Q, B, Y>,
) {
  return (
    handler: (call: Call<z.output<P>, z.output<Q>, z.output<B> | z.output<Y>>) => Promise<Answer | Response>,
  ): RouteHandler => {
    const serve = async (request: Request): Promise<Response> => {
      const requestId = newId("request");
      const where = `${endpoint.method} ${endpoint.path}`;
      return withLogContext({ requestId }, () =>
        recordRequest(where, async () => {
          try {
            return await answerCall(endpoint as Endpoint, handler as AnyHandler, request, requestId);
          } catch (error) {
            return problemResponse(error, requestId, where);
          }
        }),
      );
    };
    return Object.assign(serve, { endpoint: endpoint as Endpoint });
  };
}

type AnyHandler = (call: Call<unknown, unknown, unknown>) => Promise<Answer | Response>;

async function answerCall(
  endpoint: Endpoint,
  handler: AnyHandler,
  request: Request,
  requestId: string,
): Promise<Response> {
  const url = new URL(request.url);
  const path = matchPath(`${apiPrefix}${endpoint.path}`, url.pathname);
  const askedAt = performance.now();
  const first = await admitted(endpoint, request, requestId);
  addLogContext({
    workspaceId: first.workspace.id,
    ...(path?.["id"]?.startsWith("run_") ? { runId: path["id"] } : {}),
  });
  if (path === null) throw notFound("Resource");
  const key = endpoint.method === "POST" ? idempotencyKey(request.headers) : null;
  const params = endpoint.params ? parsePart("params", endpoint.params, path) : path;
  const query = endpoint.query ? parsePart("query", endpoint.query, queryValues(url, endpoint.query)) : {};
  const sent =
    endpoint.method === "GET" ? ({ kind: "empty" } as const) : await readBody(request, { yaml: !!endpoint.yaml });
  if (endpoint.duplicateKeys && sent.kind === "json") refuseDuplicateKeys(sent.text, endpoint.duplicateKeys);
  const body = bodyValue(endpoint, sent);
  // Whoever sends a body slowly may have lost the right meanwhile.
  const ctx = performance.now() - askedAt < trustedForMs ? first : await admitted(endpoint, request, requestId);
  const isStillAllowed = async () => {
    const now = await admitted(endpoint, request, requestId).catch(rethrowUnlessRefused);
    return now !== null && now.workspace.id === ctx.workspace.id;
  };
  const run = (within: Ctx) => handler({ ctx: within, params, query, body, request, isStillAllowed });
  const common = commonHeaders(requestId);
  if (key === null) return respond(await run(ctx), common);
  const recorded = { key, route: `${endpoint.method} ${url.pathname}`, requestHash: requestHash(url.search, sent) };
  const result = await withIdempotency(ctx, { ...recorded, sealed: endpoint.secret ?? false }, async (within) => {
    const answer = await run(within);
    if (answer instanceof Response) throw new Error("an answer below an idempotency key must be data");
    return { status: answer.status, headers: answer.headers ?? {}, body: (answer.body ?? null) as Json };
  });
  const replayed: Record<string, string> = result.replayed ? { "idempotent-replayed": "true" } : {};
  return respond(result, { ...common, ...replayed });
}

/** Who calls, as far as they may do what the endpoint does. Throws unauthenticated, forbidden, not_found. */
async function admitted(endpoint: Endpoint, request: Request, requestId: string): Promise<Ctx> {
  const ctx = await authenticate(request, requestId);
  authorize(ctx, endpoint.action);
  return ctx;
}

/** A Response of the handler's own keeps its caching rules. */
function respond(answer: Answer | Response, common: Record<string, string>): Response {
  if (!(answer instanceof Response)) return answerResponse(answer, common);
  for (const [name, value] of Object.entries(common)) if (!answer.headers.has(name)) answer.headers.set(name, value);
  return answer;
}

function bodyValue(endpoint: Endpoint, sent: Body): unknown {
  if (sent.kind === "yaml" && endpoint.yaml) return parsePart("body", endpoint.yaml, { yaml: sent.text });
  if (endpoint.body) {
    if (sent.kind === "empty" && !endpoint.emptyBody) throw invalidField("body", "a JSON body is required");
    return parsePart("body", endpoint.body, sent.kind === "json" ? sent.value : {});
  }
  const unwanted = sent.kind !== "empty" && !(sent.kind === "json" && isEmptyObject(sent.value));
  if (unwanted) throw invalidField("body", "this request takes no body");
  return undefined;
}

function refuseDuplicateKeys(text: string, code: ErrorCode): void {
  const path = findDuplicateKey(text);
  if (path === null) return;
  throw new DomainError(code, `${path} stands twice in the body.`, { fields: [{ path, message: "stands twice" }] });
}

function isEmptyObject(value: Json): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}

/** `?a=1&a=2` is a list, and so is `?a=1` where a list is declared; `workspace` belongs to authentication. */
function queryValues(url: URL, schema: z.ZodType): Record<string, string | string[]> {
  const fields = schema instanceof z.ZodObject ? (schema.shape as Record<string, z.ZodType>) : {};
  const values: Record<string, string | string[]> = {};
  for (const name of new Set(url.searchParams.keys())) {
    const all = url.searchParams.getAll(name);
    if (all.some((value) => value.includes("\u0000"))) throw invalidField(`query.${name}`, "must not contain U+0000");
    if (name !== "workspace") values[name] = all.length > 1 || isList(fields[name]) ? all : (all[0] ?? "");
  }
  return values;
}

function isList(field: z.ZodType | undefined): boolean {
  const inner = field instanceof z.ZodOptional || field instanceof z.ZodDefault ? field.unwrap() : field;
  return inner instanceof z.ZodArray;
}

function idempotencyKey(headers: Headers): string | null {
  const key = headers.get("idempotency-key");
  if (key === null) return null;
  if (!/^[\x20-\x7e]{1,255}$/.test(key))
    throw invalidField("header.Idempotency-Key", "must be 1 to 255 printable ASCII characters");
  return key;
}

function rethrowUnlessRefused(error: unknown): null {
  if (error instanceof DomainError) return null;
  throw error;
}

/** The exports of a route file: its handlers, and 405 for every other method. */
export function resource(...handlers: RouteHandler[]): Record<Method, RouteHandler> {
  const served = new Map(handlers.map((handler) => [handler.endpoint?.method, handler]));
  const allow = methods.filter((method) => served.has(method)).join(", ");
  const refuse: RouteHandler = async (request) =>
    problemResponse(
      new DomainError("method_not_allowed", `This resource takes ${allow}.`),
      newId("request"),
      request.method,
      { allow },
    );
  return Object.fromEntries(methods.map((method) => [method, served.get(method) ?? refuse])) as Record<
    Method,
    RouteHandler
  >;
}

/** For paths that are no route: problem details instead of a page. */
export async function unknownPath(request: Request): Promise<Response> {
  return problemResponse(notFound("Resource"), newId("request"), request.method);
}
