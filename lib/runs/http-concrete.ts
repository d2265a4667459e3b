import { DomainError } from "#/lib/core/errors.ts";
import { holdsSecret, redactMessage } from "#/lib/core/redact-text.ts";
import { maskUrls, redactedMark } from "#/lib/core/mask-urls.ts";
import { isSecretHeader } from "#/lib/core/secret-names.ts";
import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { httpIdentity } from "#/lib/tools/canonical-call.ts";
import { buildHttpCall, type HttpCall, type HttpSpec } from "#/lib/tools/http-call.ts";
import { executeHttpCall, type HttpAnswer } from "#/lib/tools/http-tool.ts";
import { blankedArguments, countedRequest } from "#/lib/tools/ignored-parts.ts";
import { judgeMutability } from "#/lib/tools/mutability.ts";
import { refusedCall, ToolCallError } from "#/lib/tools/tool-call-error.ts";
import type { Budget } from "#/lib/expressions/cel-fault.ts";
import type { ConcreteCall, SendWay, ToolCall } from "./concrete-call.ts";
import { shortRun } from "./long-runs.ts";
import { longHoldsSecret } from "./redact.ts";
import type { Session } from "./session.ts";
import { buildStable, type Seen } from "./stable-parts.ts";
import { LeftToLong } from "./step-failure.ts";

/** Marks on a call besides the author's own. */
export type HttpMarks = { mutating: boolean; adminMutating?: boolean };

/** The HTTP request of a call with its templates filled in: it is judged as it would be sent, not as it was written. */
export async function httpConcrete(session: Session, call: ToolCall, spec: HttpSpec, marks: HttpMarks) {
  const sent = call.args === null ? spec : withBody(spec);
  const request = await call.rendering.real((steps) => requestOf(call, sent, steps));
  const secretHeaders = () => secretHeadersOf(request, session.writer.secretValues);
  const url = URL.parse(request.url);
  const facts = { kind: "http", ...request, ...marks } as const;
  const identity = await call.rendering.stable((steps) =>
    identityOf(call, sent, request, secretHeaders(), { transforms: session.transforms, steps }),
  );
  return {
    name: `${request.method} ${url ? url.pathname : request.url}`,
    request: requestShown(request),
    identity,
    facts,
    outputSchema: null,
    timeoutMs: undefined,
    async send({ timeoutMs, idempotencyKey, leave }: SendWay) {
      const secrets = session.writer.secretValues;
      const answer = await executeHttpCall(request, {
        fetch: session.fetch,
        signal: session.stop.signal,
        beforeSend: leave,
        timeoutMs,
        idempotencyKey: judgeMutability(facts).mutating ? idempotencyKey : null,
        secretHeaders: secretHeaders(),
        secretBody: request.body !== null && (await longHoldsSecret(request.body, secrets, session.workspace.id)),
        staysReadOnly: session.recorded !== null && !judgeMutability(facts).mutating,
        redact: (text) => redactMessage(text, secrets),
        onBytes: (bytes) => {
          if (bytes > shortRun.bytes && !judgeMutability(facts).mutating && session.foundLong())
            throw new LeftToLong("the answer is large");
        },
      });
      return { output: answer.body, attributes: answerAttributes(answer) };
    },
  } satisfies ConcreteCall;
}

/** The request as the record knows it: without values from run and environment, secrets and ignored parts. */
function identityOf(
  { scope, identity }: ToolCall,
  spec: HttpSpec,
  request: HttpCall,
  secretHeaders: string[],
  seen: Omit<Seen, "scope">,
): JsonObject {
  const { args, ignored } = identity;
  const within = args === null ? scope : { ...scope, args: blankedArguments(args, ignored) };
  return countedRequest(
    httpIdentity(stableRequest(spec, { ...seen, scope: within }) ?? request, secretHeaders),
    ignored,
  );
}

/** Null where no such request can be built: it needs an argument that does not count, or more steps than are left. */
function stableRequest(spec: HttpSpec, seen: Seen): HttpCall | null {
  try {
    return buildStable(spec, seen, buildHttpCall);
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}

/**
 * The request that a call makes, as it would leave. Pure. Throws a ToolCallError that names the node for a request that
 * must not be sent, and `expression_failed`.
 */
function requestOf({ nodeId, scope }: Pick<ToolCall, "nodeId" | "scope">, spec: HttpSpec, steps: Budget): HttpCall {
  try {
    return buildHttpCall(spec, scope, steps);
  } catch (error) {
    if (!(error instanceof ToolCallError)) throw error;
    throw refusedCall(`${nodeId}: ${error.message}`, error);
  }
}

/**
 * A named tool that sends a body but does not define one sends its arguments. They go in through a template, since
 * arguments that a model chose must never be read as templates themselves.
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
