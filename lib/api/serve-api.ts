import { DomainError, notFound } from "#/lib/core/errors.ts";
import { newId } from "#/lib/core/ids.ts";
import { commonHeaders, problemResponse } from "./answer.ts";
import { asksForKey, crossOriginHeaders, keyAllowed } from "./cross-origin.ts";
import { operationFinder, type Resource } from "./find-operation.ts";
import { methods, type Operation } from "./operation.ts";
import { serveOperation } from "./serve-operation.ts";

const apiPrefix = "/api/v1";

/**
 * Makes the server of everything below /api/v1, for any method: the operation that the path and method name, 405 with
 * `Allow` for another method, problem details for a path that nothing serves. HEAD is GET without a body (RFC 9110).
 */
export function apiServer(operations: readonly Operation[]): (request: Request) => Promise<Response> {
  const find = operationFinder(operations);
  const serve = async (request: Request): Promise<Response> => {
    const found = find(new URL(request.url).pathname.slice(apiPrefix.length));
    if (!found) return problemResponse(notFound("Resource"), newId("request"), request.method);
    const operation = operationOf(found.resource, request.method);
    if (operation) return serveOperation(operation, found.values, request);
    const allow = methods.filter((method) => found.resource[method]).join(", ");
    if (request.method === "OPTIONS") return empty({ allow });
    const refusal = new DomainError("method_not_allowed", `This resource supports ${allow}.`);
    return problemResponse(refusal, newId("request"), request.method, { allow });
  };
  return async (request) => {
    if (asksForKey(request)) return empty(keyAllowed(methods));
    const response = await serve(request);
    for (const [name, value] of Object.entries(crossOriginHeaders(request))) response.headers.set(name, value);
    return response;
  };
}

function operationOf(resource: Resource, method: string): Operation | undefined {
  const known = methods.find((each) => each === (method === "HEAD" ? "GET" : method));
  return known && resource[known];
}

function empty(headers: Record<string, string>): Response {
  return new Response(null, { status: 204, headers: { ...commonHeaders(newId("request")), ...headers } });
}
