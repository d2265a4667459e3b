import { DomainError, notFound } from "#/lib/core/errors.ts";
import { newId } from "#/lib/core/ids.ts";
import { commonHeaders, problemResponse } from "./answer.ts";
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
  return async (request) => {
    const found = find(new URL(request.url).pathname.slice(apiPrefix.length));
    if (!found) return problemResponse(notFound("Resource"), newId("request"), request.method);
    const method = request.method === "HEAD" ? "GET" : request.method;
    const operation = methods.find((known) => known === method && found.resource[known]);
    if (operation) return serveOperation(found.resource[operation]!, found.values, request);
    const allow = allowed(found.resource);
    if (method === "OPTIONS")
      return new Response(null, { status: 204, headers: { ...commonHeaders(newId("request")), allow } });
    const refusal = new DomainError("method_not_allowed", `This resource takes ${allow}.`);
    return problemResponse(refusal, newId("request"), request.method, { allow });
  };
}

/** The methods of a resource, as `Allow` names them. */
function allowed(resource: Resource): string {
  return methods.filter((method) => resource[method]).join(", ");
}
