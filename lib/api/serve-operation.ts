import { z } from "zod";
import type { Json } from "#/lib/contract/json.ts";
import type { ErrorCode } from "#/lib/contract/problem.ts";
import { findDuplicateKey } from "#/lib/core/duplicate-key.ts";
import { DomainError, invalidField, notFound } from "#/lib/core/errors.ts";
import { newId } from "#/lib/core/ids.ts";
import { addLogContext, withLogContext } from "#/lib/core/log-context.ts";
import { RestingTurns } from "#/lib/core/resting-turns.ts";
import { authenticate } from "#/lib/auth/authenticate.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { type Recorded, withIdempotency, withIdempotencyAround } from "#/lib/tenancy/idempotency.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { assertMayAsk } from "#/lib/tools/asking-limit.ts";
import { answerResponse, commonHeaders, problemResponse, type Answer } from "./answer.ts";
import { parsePart } from "./field-errors.ts";
import { isReadOnly, type Operation } from "./operation.ts";
import { answerBody } from "./large-bodies.ts";
import { bodyOf, maxBodyBytes, type Body } from "./request-body.ts";
import { recordRequest } from "./request-record.ts";
import { requestHash } from "./request-hash.ts";

/** For this long an authenticated actor is trusted; after a body that takes longer, they are authenticated again. */
export const trustedForMs = 1000;

/** Of operations that say `isHeavy`. */
const heavyTurns = new RestingTurns();

/** Who calls, and the body, where another surface of ours has found out both: then `request` brings only query and headers. */
export type Known = { ctx: Ctx; body: Body };

/**
 * Serves one request for an operation. Authenticates, checks the declared action, parses params, query and body once, and
 * runs the handler, under its Idempotency-Key if there is one. `values` are the path's parameters, null when they
 * name nothing. Never throws: every error becomes problem details.
 */
export async function serveOperation(
  operation: Operation,
  values: Record<string, string> | null,
  request: Request,
  known?: Known,
): Promise<Response> {
  const requestId = known?.ctx.requestId ?? newId("request");
  const where = `${operation.method} ${operation.path}`;
  return withLogContext({ requestId }, () =>
    recordRequest(where, async () => {
      try {
        return await answerCall(operation, values, request, requestId, known);
      } catch (error) {
        return problemResponse(error, requestId, where);
      }
    }),
  );
}

async function answerCall(
  operation: Operation,
  values: Record<string, string> | null,
  request: Request,
  requestId: string,
  known?: Known,
): Promise<Response> {
  const url = new URL(request.url);
  const askedAt = performance.now();
  const first = known ? allowed(operation, known.ctx) : await admitted(operation, request, requestId);
  addLogContext({
    workspaceId: first.workspace.id,
    ...(values?.["id"]?.startsWith("run_") ? { runId: values["id"] } : {}),
  });
  if (operation.ask) await assertMayAsk(first.workspace.id);
  if (values === null) throw notFound("Resource");
  const key = operation.method === "POST" ? idempotencyKey(request.headers) : null;
  const params = operation.params ? parsePart("params", operation.params, values) : {};
  const query = operation.query ? parsePart("query", operation.query, queryValues(url, operation.query)) : {};
  const answer = (body: Body) =>
    answerSent(operation, request, body, { first, askedAt, url, requestId, key, params, query });
  if (known) return answer(known.body);
  if (operation.method === "GET") return answer({ kind: "empty" });
  const type = request.headers.get("content-type");
  return answerBody(first.workspace.id, request, maxBodyBytes, (bytes) =>
    answer(bodyOf(bytes, type, { yaml: !!operation.yaml })),
  );
}

/** What is known of a request before its body was read. */
type Head = {
  first: Ctx;
  askedAt: number;
  url: URL;
  requestId: string;
  key: string | null;
  params: unknown;
  query: unknown;
};

async function answerSent(
  operation: Operation,
  request: Request,
  sent: Body,
  { first, askedAt, url, requestId, key, params, query }: Head,
): Promise<Response> {
  if (operation.duplicateKeys && sent.kind === "json") refuseDuplicateKeys(sent.text, operation.duplicateKeys);
  const body = bodyValue(operation, sent);
  // Whoever sends a body slowly may have lost their rights meanwhile.
  const ctx = performance.now() - askedAt < trustedForMs ? first : await admitted(operation, request, requestId);
  const isStillAllowed = async () => {
    const now = await admitted(operation, request, requestId).catch(rethrowUnlessRefused);
    return now !== null && now.workspace.id === ctx.workspace.id;
  };
  const { ask, apart, judge, secret: sealed = false } = operation;
  const before = ask ?? apart;
  const asked = { ctx, params, query, body };
  const run = (within: Ctx, found: unknown) =>
    operation.handle({ ctx: within, params, query, body, request, isStillAllowed, asked: found });
  const common = commonHeaders(requestId);
  // Waiting for another server takes no turn; and nobody waits for one in a transaction.
  const inTurn = <T>(work: () => Promise<T>) => (operation.isHeavy ? heavyTurns.take(ctx.workspace.id, work) : work());
  if (key === null || isReadOnly(operation)) {
    const found = await before?.(asked);
    return respond(await inTurn(async () => run(ctx, judge ? await judge(asked) : found)), common);
  }
  const keyed = {
    key,
    route: `${operation.method} ${url.pathname}`,
    requestHash: requestHash(url.search, sent),
    sealed,
  };
  const record = async (within: Ctx, found: unknown) => recordable(await run(within, found));
  const result = before
    ? await withIdempotencyAround(ctx, keyed, () => before(asked), record, inTurn)
    : await inTurn(() => withIdempotency(ctx, keyed, record, judge && (() => judge(asked))));
  const replayed: Record<string, string> = result.replayed ? { "idempotent-replayed": "true" } : {};
  const answered = result.replayed && operation.since ? await operation.since(ctx, result.body as never) : result.body;
  return respond({ ...result, body: answered }, { ...common, ...replayed });
}

function recordable(answer: Answer | Response): Recorded {
  if (answer instanceof Response) throw new Error("an answer below an idempotency key must be data");
  return { status: answer.status, headers: answer.headers ?? {}, body: (answer.body ?? null) as Json };
}

/** The caller, who may do what the operation does. Throws unauthenticated, forbidden, not_found. */
async function admitted(operation: Operation, request: Request, requestId: string): Promise<Ctx> {
  return allowed(operation, await authenticate(request, requestId));
}

function allowed(operation: Operation, ctx: Ctx): Ctx {
  authorize(ctx, operation.action);
  return ctx;
}

/** A Response of the handler's own keeps its caching rules. */
function respond(answer: Answer | Response, common: Record<string, string>): Response {
  if (!(answer instanceof Response)) return answerResponse(answer, common);
  for (const [name, value] of Object.entries(common)) if (!answer.headers.has(name)) answer.headers.set(name, value);
  return answer;
}

function bodyValue(operation: Operation, sent: Body): unknown {
  if (sent.kind === "yaml" && operation.yaml) return parsePart("body", operation.yaml, { yaml: sent.text });
  if (operation.body) {
    if (sent.kind === "empty" && !operation.emptyBody) throw invalidField("body", "a JSON body is required");
    return parsePart("body", operation.body, sent.kind === "json" ? sent.value : {});
  }
  const unwanted = sent.kind !== "empty" && !(sent.kind === "json" && isEmptyObject(sent.value));
  if (unwanted) throw invalidField("body", "this request takes no body");
  return undefined;
}

function refuseDuplicateKeys(text: string, code: ErrorCode): void {
  const path = findDuplicateKey(text);
  if (path === null) return;
  throw new DomainError(code, `${path} appears twice in the body.`, { fields: [{ path, message: "appears twice" }] });
}

function isEmptyObject(value: Json): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}

/** `?a=1&a=2` is a list, and so is `?a=1` where a list is declared; `workspace` belongs to authentication. */
function queryValues(url: URL, schema: z.ZodType): Record<string, string | string[]> {
  const fields = schema instanceof z.ZodObject ? (schema.shape as Record<string, z.ZodType>) : {};
  // No prototype: a parameter may be called __proto__, and is refused like any other unknown one.
  const values = Object.create(null) as Record<string, string | string[]>;
  const sent = Map.groupBy(url.searchParams, ([name]) => name);
  for (const [name, pairs] of sent) {
    const all = pairs.map(([, value]) => value);
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
