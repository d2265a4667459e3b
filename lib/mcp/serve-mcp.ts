import {
  createMcpHandler,
  isLegacyRequest,
  ProtocolErrorCode,
  WebStandardStreamableHTTPServerTransport,
} from "@modelcontextprotocol/server";
import { commonHeaders, problemResponse } from "#/lib/api/answer.ts";
import { answerBody } from "#/lib/api/large-bodies.ts";
import { toProblem } from "#/lib/api/problem.ts";
import { bodyOf, maxBodyBytes } from "#/lib/api/request-body.ts";
import { recordRequest } from "#/lib/api/request-record.ts";
import { trustedForMs } from "#/lib/api/serve-operation.ts";
import { authenticate } from "#/lib/auth/authenticate.ts";
import { isOwnOrigin } from "#/lib/auth/origin.ts";
import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { newId } from "#/lib/core/ids.ts";
import { addLogContext, withLogContext } from "#/lib/core/log-context.ts";
import { logger } from "#/lib/core/logger.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { mcpServer } from "./mcp-server.ts";

/**
 * Serves one request to the MCP server: streamable HTTP, of both generations of the protocol, without sessions. The key and
 * the body are treated as by the REST API. What is refused before the protocol begins is a problem, as there; what the
 * message gets wrong is an error of JSON-RPC. Never throws.
 */
export async function serveMcp(request: Request): Promise<Response> {
  const requestId = newId("request");
  const where = `${request.method} /api/mcp`;
  return withLogContext({ requestId }, () =>
    recordRequest(where, async () => {
      try {
        return await admittedAnswer(request, requestId);
      } catch (error) {
        const allow: Record<string, string> = isRefusedMethod(error) ? { allow: "POST" } : {};
        return problemResponse(error, requestId, where, allow);
      }
    }),
  );
}

async function admittedAnswer(request: Request, requestId: string): Promise<Response> {
  if (request.headers.has("origin") && !isOwnOrigin(request.headers))
    throw new DomainError("forbidden", "Pages of other sites may not use the MCP server.");
  if (request.method !== "POST")
    throw new DomainError("method_not_allowed", "The MCP server is stateless: send each message with POST.");
  const askedAt = performance.now();
  const first = await caller(request, requestId);
  addLogContext({ workspaceId: first.workspace.id });
  return answerBody(first.workspace.id, request, maxBodyBytes, async (bytes) => {
    // Whoever sends a body slowly may have lost their rights meanwhile.
    const ctx = performance.now() - askedAt < trustedForMs ? first : await caller(request, requestId);
    return answerBytes(ctx, request, bytes);
  });
}

/** A session's cookie is no key: a page that was led astray must not speak here for who is signed in. */
async function caller(request: Request, requestId: string): Promise<Ctx> {
  if (!request.headers.has("authorization"))
    throw new DomainError("unauthenticated", "Send an API key as Authorization: Bearer.");
  return authenticate(request, requestId);
}

async function answerBytes(ctx: Ctx, request: Request, bytes: Uint8Array): Promise<Response> {
  const { requestId } = ctx;
  let body;
  try {
    body = bodyOf(bytes, request.headers.get("content-type"), { yaml: false });
  } catch (error) {
    const problem = toProblem(error, requestId);
    if (problem.code !== "validation_failed") throw error;
    return refusal(requestId, 400, ProtocolErrorCode.ParseError, problem.detail);
  }
  if (body.kind !== "json") return refusal(requestId, 400, ProtocolErrorCode.ParseError, "A message is missing.");
  const { value: message, text } = body;
  if (Array.isArray(message))
    return refusal(requestId, 400, ProtocolErrorCode.InvalidRequest, "Send one message at a time, not a list.");
  if (typeof message !== "object" || message === null)
    return refusal(requestId, 400, ProtocolErrorCode.InvalidRequest, "A message is a JSON object.");
  // Nothing here changes that a client could be told about: a stream would stand open for nothing.
  if (message["method"] === "subscriptions/listen")
    return refusal(requestId, 404, ProtocolErrorCode.MethodNotFound, "Method not found", message["id"]);
  const response = await answered({ ctx, request, text }, message);
  for (const [name, value] of Object.entries(commonHeaders(requestId))) response.headers.set(name, value);
  return response;
}

/** The protocol's answer to a message: the SDK decides which generation it is of. */
async function answered(caller: { ctx: Ctx; request: Request; text: string }, message: JsonObject): Promise<Response> {
  const headers = new Headers(caller.request.headers);
  // We answer with JSON, whatever else a client would take.
  headers.set("accept", "application/json, text/event-stream");
  const request = new Request(caller.request.url, { method: "POST", headers, signal: caller.request.signal });
  const make = () => mcpServer(caller, argumentsOf(message));
  if (!(await isLegacyRequest(request, message))) {
    const handler = createMcpHandler(make, {
      legacy: "reject",
      onerror: (error) => logger.debug({ err: error }, "MCP message refused"),
    });
    return handler.fetch(request, { parsedBody: message });
  }
  const server = make();
  const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
  await server.connect(transport);
  try {
    return await transport.handleRequest(request, { parsedBody: message });
  } finally {
    await server.close();
  }
}

/** As they were sent: the SDK would drop a member that is called `__proto__` silently. */
function argumentsOf({ params }: JsonObject): JsonObject {
  const given = isObject(params) ? params["arguments"] : undefined;
  return isObject(given) ? given : {};
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function refusal(requestId: string, status: number, code: number, message: string, id: Json = null): Response {
  const body = { jsonrpc: "2.0", error: { code, message }, id };
  return Response.json(body, { status, headers: commonHeaders(requestId) });
}

function isRefusedMethod(error: unknown): boolean {
  return error instanceof DomainError && error.code === "method_not_allowed";
}
