import { holdsSecret, redactMessage } from "#/lib/core/redact-text.ts";
import { maskUrls, redactedMark } from "#/lib/core/mask-urls.ts";
import { isSecretHeader } from "#/lib/core/secret-names.ts";
import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { httpCallArguments } from "#/lib/tools/canonical-call.ts";
import { buildHttpCall, type HttpCall, type HttpSpec } from "#/lib/tools/http-call.ts";
import { executeHttpCall, type HttpAnswer } from "#/lib/tools/http-tool.ts";
import { judgeMutability } from "#/lib/tools/mutability.ts";
import { refusedCall, ToolCallError } from "#/lib/tools/tool-call-error.ts";
import type { ConcreteCall, ToolCall } from "./concrete-call.ts";
import type { Session } from "./session.ts";

/** Marks on a call besides the author's own. */
export type HttpMarks = { mutating: boolean; adminMutating?: boolean };

/** The HTTP request of a call with its templates filled: judged as it would be sent, not as it was written. */
export function httpConcrete(session: Session, call: ToolCall, spec: HttpSpec, marks: HttpMarks): ConcreteCall {
  const request = requestOf(call, spec);
  const secretHeaders = () => secretHeadersOf(request, session.writer.secretValues);
  const url = URL.parse(request.url);
  const facts = { kind: "http", ...request, ...marks } as const;
  return {
    name: `${request.method} ${url ? url.pathname : request.url}`,
    request: requestShown(request),
    signature: httpCallArguments(request, secretHeaders()),
    facts,
    outputSchema: null,
    timeoutMs: undefined,
    async send({ timeoutMs, idempotencyKey }) {
      const secrets = session.writer.secretValues;
      const answer = await executeHttpCall(request, {
        fetch: session.fetch,
        signal: session.stop.signal,
        timeoutMs,
        idempotencyKey: judgeMutability(facts).mutating ? idempotencyKey : null,
        secretHeaders: secretHeaders(),
        secretBody: request.body !== null && holdsSecret(request.body, secrets),
        staysReadOnly: session.recorded !== null && !judgeMutability(facts).mutating,
        redact: (text) => redactMessage(text, secrets),
      });
      return { output: answer.body, attributes: answerAttributes(answer) };
    },
  };
}

/**
 * The request that a call makes, as it would leave. Pure. Throws ToolCallError that names the node for one that must not be
 * sent, and `expression_failed`.
 */
function requestOf({ nodeId, args, scope }: Pick<ToolCall, "nodeId" | "args" | "scope">, spec: HttpSpec): HttpCall {
  try {
    return buildHttpCall(args === null ? spec : withBody(spec), scope);
  } catch (error) {
    if (!(error instanceof ToolCallError)) throw error;
    throw refusedCall(`${nodeId}: ${error.message}`, error);
  }
}

/**
 * A named tool that sends a body and does not say which sends its arguments: by a template, since arguments that a model
 * chose must never be read as templates themselves.
 */
function withBody(spec: HttpSpec): HttpSpec {
  const sends = !["GET", "HEAD", "OPTIONS", "DELETE"].includes(spec.method.trim().toUpperCase());
  return spec.body === undefined && sends ? { ...spec, body: "{{ args }}" } : spec;
}

function requestShown(request: HttpCall): JsonObject {
  const { method, url, headers } = request;
  const shown = Object.entries(headers).map(([name, value]) => [name, isSecretHeader(name) ? redactedMark : value]);
  return { method, url: maskUrls(url), headers: Object.fromEntries(shown), body: bodyShown(request) };
}

function bodyShown(request: HttpCall): Json {
  if (request.body === null) return null;
  try {
    return JSON.parse(request.body) as Json;
  } catch {
    return request.body;
  }
}

function answerAttributes(answer: HttpAnswer): JsonObject {
  return { "http.response.status_code": answer.status, "http.response.headers": answer.headers };
}

function secretHeadersOf(request: HttpCall, secrets: readonly string[]): string[] {
  return Object.entries(request.headers)
    .filter(([, value]) => holdsSecret(value, secrets))
    .map(([name]) => name);
}
