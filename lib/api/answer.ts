import { logger } from "#/lib/core/logger.ts";
import { transportHeaders } from "./security-headers.ts";
import { problemHeaders, toProblem } from "./problem.ts";

/** What a handler gives back: status, body (left out = none) and headers of its own. */
export type Answer = { status: number; body?: unknown; headers?: Record<string, string> };

export function ok(body: unknown): Answer {
  return { status: 200, body };
}

export function created(body: unknown, location?: string): Answer {
  return location === undefined ? { status: 201, body } : { status: 201, body, headers: { location } };
}

export const noContent: Answer = { status: 204 };

/** An answer of 200 whose body is JSON text already. */
export function jsonText(text: string): Response {
  return new Response(text, { headers: { "content-type": "application/json" } });
}

/** Sends an answer; `extra` are the headers that every answer of ours carries. */
export function answerResponse(answer: Answer, extra: Record<string, string>): Response {
  const headers = { ...answer.headers, ...extra };
  if (answer.body === undefined || answer.status === 204) return new Response(null, { status: answer.status, headers });
  return new Response(JSON.stringify(answer.body), {
    status: answer.status,
    headers: { "content-type": "application/json", ...headers },
  });
}

/** What every answer under /api carries, in addition to what next.config.ts gives all answers. */
export function commonHeaders(requestId: string): Record<string, string> {
  return { "request-id": requestId, "cache-control": "no-store", ...transportHeaders(process.env["NEXTAUTH_URL"]) };
}

/** An error as application/problem+json; logs our own faults. */
export function problemResponse(
  error: unknown,
  requestId: string,
  where: string,
  extra: Record<string, string> = {},
): Response {
  const problem = toProblem(error, requestId);
  if (problem.status >= 500) logger.error({ requestId, where, code: problem.code, err: error }, "request failed");
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: {
      "content-type": "application/problem+json",
      ...commonHeaders(requestId),
      ...problemHeaders(problem),
      ...extra,
    },
  });
}
