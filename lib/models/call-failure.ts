import { DomainError } from "#/lib/core/errors.ts";
import { type Attempt, stopError } from "./attempt.ts";
import { ModelCallError } from "./model-call-error.ts";
import { retryAfterMs } from "./retry-after.ts";
import { safeProviderText } from "./safe-text.ts";

/** What an SDK throws when the provider answered with an error, as far as it is read here. */
type ApiError = { status?: unknown; headers?: unknown; error?: unknown };

/** Error types inside a 200 stream that say the request itself is at fault; the others may pass on another try. */
const finalStreamErrors = new Set([
  "invalid_request_error",
  "authentication_error",
  "permission_error",
  "billing_error",
  "not_found_error",
  "request_too_large",
  "invalid_prompt",
  "insufficient_quota",
  "content_filter",
]);

/**
 * Turns whatever an attempt threw into the one error of the gateway. The order matters: what we ended ourselves shows
 * up below as aborts and broken streams of every kind.
 */
export function toModelCallError(error: unknown, attempt: Attempt): ModelCallError {
  if (attempt.stoppedBy) return stopError(attempt.stoppedBy, attempt);
  if (error instanceof ModelCallError) return error;
  if (attempt.connectionFault !== null) return connectionError(attempt.connectionFault, attempt);
  const api = (typeof error === "object" && error !== null ? error : {}) as ApiError;
  if (typeof api.status === "number") return statusError(api.status, api, attempt, error);
  if (!attempt.answered)
    return attempt.error({
      code: "provider_error",
      message: `The request to ${attempt.access.provider} could not be made.`,
      cause: error,
    });
  const said = providerSaid(api.error);
  return said ? streamedError(said, attempt, error) : brokenStream(error, attempt);
}

/** An error that the provider reported inside its stream. */
export function streamedError(
  said: { message: string; type: string | null },
  attempt: Attempt,
  cause?: unknown,
): ModelCallError {
  const { provider, apiKey } = attempt.access;
  return attempt.error({
    code: "provider_error",
    message: `${provider} broke off its answer with an error: ${safeProviderText(said.message, apiKey)}`,
    retryable: said.type === null || !finalStreamErrors.has(said.type),
    cause,
  });
}

/** The stream is over, but the event that closes a whole answer never came. */
export function incompleteStream(attempt: Attempt): ModelCallError {
  return attempt.error({
    code: "provider_stream_incomplete",
    message: `${attempt.access.provider} ended its answer before it was complete.`,
    retryable: true,
  });
}

/** Message and type of an error object as both providers send it: `{ error: {…} }`, or the inner object itself. */
export function providerSaid(body: unknown): { message: string; type: string | null } | null {
  const inner = objectOf(objectOf(body)?.error) ?? objectOf(body);
  if (!inner) return typeof body === "string" && body !== "" ? { message: body, type: null } : null;
  const type = [inner.code, inner.type].find((value) => typeof value === "string" && value !== "error");
  const message = typeof inner.message === "string" ? inner.message : (type ?? "no reason given");
  return { message: String(message), type: typeof type === "string" ? type : null };
}

function statusError(status: number, api: ApiError, attempt: Attempt, cause: unknown): ModelCallError {
  const { provider, apiKey } = attempt.access;
  const headers = api.headers instanceof Headers ? api.headers : new Headers();
  const said = providerSaid(api.error);
  const isTransient = status === 408 || status === 429 || status >= 500;
  return attempt.error({
    code: "provider_error",
    message: `${provider} answered ${status}${said ? `: ${safeProviderText(said.message, apiKey)}` : "."}`,
    status,
    retryable: isTransient && headers.get("x-should-retry") !== "false",
    retryAfterMs: isTransient ? retryAfterMs(headers, new Date()) : null,
    cause,
  });
}

function connectionError(fault: unknown, attempt: Attempt): ModelCallError {
  const { provider } = attempt.access;
  const chain = causesOf(fault);
  const guarded = chain.find((item) => item instanceof DomainError);
  if (guarded instanceof DomainError)
    return attempt.error({
      code: "provider_error",
      message: `The request to ${provider} was not made: ${guarded.message}`,
      retryable: (guarded as { retryable?: unknown }).retryable === true,
      cause: fault,
    });
  const isRedirect = chain.some((item) => (item as Error).message === "unexpected redirect");
  return attempt.error({
    code: "provider_error",
    message: isRedirect
      ? `${provider} answered with a redirect, which is refused: the prompt would go to another address.`
      : `No connection to ${provider}${connectionReason(chain)}.`,
    retryable: !isRedirect,
    cause: fault,
  });
}

function brokenStream(error: unknown, attempt: Attempt): ModelCallError {
  const isMalformed = error instanceof SyntaxError;
  return attempt.error({
    code: "provider_stream_incomplete",
    message: isMalformed
      ? `${attempt.access.provider} sent an event that is not valid JSON.`
      : `The connection to ${attempt.access.provider} broke in the middle of its answer.`,
    retryable: true,
    cause: error,
  });
}

function connectionReason(chain: object[]): string {
  const code = chain.map((item) => (item as { code?: unknown }).code).find((value) => typeof value === "string");
  return typeof code === "string" && /^[A-Z_0-9]{3,40}$/.test(code) ? ` (${code})` : "";
}

function causesOf(error: unknown): object[] {
  const chain: object[] = [];
  for (let next = error; typeof next === "object" && next !== null && chain.length < 8; next = (next as Error).cause) {
    chain.push(next);
    if (next instanceof AggregateError) chain.push(...next.errors.filter((item) => typeof item === "object"));
  }
  return chain;
}

function objectOf(value: unknown): Record<string, unknown> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}
