import type { Problem } from "#/lib/contract/problem.ts";

/** A refused or failed request, with a message for the person. */
export class RequestError extends Error {
  readonly status: number;
  readonly requestId: string | null;

  constructor(message: string, status: number, requestId: string | null) {
    super(message);
    this.status = status;
    this.requestId = requestId;
  }
}

/** GETs a document of our API; throws RequestError. */
export function readJson<T>(path: string, signal?: AbortSignal, accept = "application/json"): Promise<T> {
  return answerOf(path, { headers: { accept }, signal });
}

/** The same for a question that changes nothing and does not fit an address. */
export function askJson<T>(path: string, body: object, signal: AbortSignal): Promise<T> {
  const headers = { accept: "application/json", "content-type": "application/json" };
  return answerOf(path, { method: "POST", headers, body: JSON.stringify(body), signal });
}

/** The same with a definition, as the YAML or JSON text that it is. */
export function askYaml<T>(path: string, text: string, signal: AbortSignal): Promise<T> {
  const headers = { accept: "application/json", "content-type": "application/yaml" };
  return answerOf(path, { method: "POST", headers, body: text, signal });
}

async function answerOf<T>(path: string, request: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, { ...request, cache: "no-store" });
  } catch (cause) {
    if (request.signal?.aborted) throw cause;
    throw new RequestError("The server could not be reached. Check the connection and try again.", 0, null);
  }
  if (response.ok) return (await unpacked(response).json()) as T;
  const problem = (await response.json().catch(() => null)) as Partial<Problem> | null;
  const message = problem?.detail ?? problem?.title ?? `The server answered ${response.status}.`;
  throw new RequestError(message, response.status, problem?.requestId ?? response.headers.get("request-id"));
}

/** The skeleton of a finished run may come as the gzipped document that is stored for it. */
function unpacked(response: Response): Response {
  if (response.headers.get("content-type") !== "application/gzip" || !response.body) return response;
  return new Response(response.body.pipeThrough(new DecompressionStream("gzip")));
}

/** What to tell the person about a failed read; `otherwise` when no request failed. */
export function messageOf(error: unknown, otherwise: string): string {
  return error instanceof RequestError ? error.message : otherwise;
}
