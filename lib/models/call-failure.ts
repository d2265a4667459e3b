import { DomainError } from "#/lib/core/errors.ts";
import { redactMessage } from "#/lib/core/redact-text.ts";
import type { Attempt, StopCause } from "./attempt.ts";
import { ModelCallError, type ModelCallFailure } from "./model-call-error.ts";
import { retryAfterMs } from "./retry-after.ts";

/** The parts we read of what an SDK throws when the provider answers with an error. */
type ApiError = { status?: unknown; headers?: unknown; error?: unknown };

/** What a provider said about a failure: its words, and the names and numbers it used for it. */
export type ProviderWords = { message: string; types: string[] };

/** Error types that mean the account has nothing left to pay with, whatever the status: no later try succeeds. */
const quotaErrors = new Set([
  "insufficient_quota",
  "insufficient_balance",
  "billing_error",
  "billing_hard_limit_reached",
  "billing_not_active",
  "exceeded_current_quota_error",
  "402",
]);

/** Error types inside a 200 stream that blame the request itself; with any other, another try may succeed. */
const finalStreamErrors = new Set([
  "invalid_request_error",
  "authentication_error",
  "permission_error",
  "not_found_error",
  "request_too_large",
  "invalid_prompt",
  "content_filter",
  "400",
  "401",
  "403",
  "404",
  "413",
  "422",
]);

/**
 * Turns whatever an attempt threw into the gateway's one error. The order matters: what we ended ourselves shows up
 * below as aborts and broken streams of every kind.
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

/** What the caller learns about an attempt that we ended. */
export function stopError(cause: StopCause, attempt: Attempt): ModelCallError {
  const name = attempt.access.provider;
  const failures: Record<StopCause, ModelCallFailure> = {
    cancelled: { code: "cancelled", message: "The model call was cancelled." },
    timed_out: { code: "timed_out", message: `${name} did not finish its answer in the time allowed.` },
    provider_idle_timeout: {
      code: "provider_idle_timeout",
      message: `${name} stopped responding in the middle of its answer.`,
      retryable: true,
    },
    too_large: { code: "provider_error", message: `${name} sent an answer larger than 64 MiB.` },
  };
  return attempt.error(failures[cause]);
}

/** An error that the provider reported inside its stream. */
export function streamedError(said: ProviderWords, attempt: Attempt, cause?: unknown): ModelCallError {
  const { provider, apiKey } = attempt.access;
  return attempt.error({
    code: "provider_error",
    message: `${provider} ended its answer with an error: ${quotaNote(said)}${shownWords(said.message, apiKey)}`,
    retryable: !said.types.some((type) => finalStreamErrors.has(type) || quotaErrors.has(type)),
    cause,
  });
}

/**
 * Something in an answer that the gateway does not know: guessing would put garbage into the record. `what` continues
 * the sentence after the provider's name; `word` is the provider's own, quoted.
 */
export function unreadable(attempt: Attempt, what: string, word: unknown, retryable = false): ModelCallError {
  const { provider, apiKey } = attempt.access;
  const quoted = shownWords(typeof word === "string" ? word : JSON.stringify(word ?? null), apiKey).slice(0, 80);
  return attempt.error({
    code: "provider_error",
    message: `${provider} ${what} "${quoted}", which is not supported.`,
    retryable,
  });
}

/** A successful answer that is a document although we asked for a stream: the wrong content, or an error after all. */
export function notAStream(contentType: string, text: string, attempt: Attempt): ModelCallError {
  const { provider } = attempt.access;
  const said = providerSaid(parsed(text), "error only");
  if (said) return streamedError(said, attempt);
  return attempt.error({
    code: "provider_error",
    message: `${provider} answered with ${contentType} instead of a stream of events.`,
  });
}

/** The stream ended without the event that closes a whole answer. */
export function incompleteStream(attempt: Attempt): ModelCallError {
  return attempt.error({
    code: "provider_stream_incomplete",
    message: `${attempt.access.provider} ended its answer before it was complete.`,
    retryable: true,
  });
}

/** What an error object says. Both providers send `{ error: {…} }`, or (unless told otherwise) the inner object. */
export function providerSaid(body: unknown, where: "anywhere" | "error only" = "anywhere"): ProviderWords | null {
  const wrapped = objectOf(body)?.error;
  const inner = objectOf(wrapped) ?? (where === "anywhere" ? objectOf(body) : null);
  if (!inner) {
    const text = [wrapped, where === "anywhere" ? body : null].find(
      (value) => typeof value === "string" && value !== "",
    );
    return typeof text === "string" ? { message: text, types: [] } : null;
  }
  const types = [inner.code, inner.type, inner.status].flatMap((value) =>
    (typeof value === "string" && value !== "error") || typeof value === "number" ? String(value) : [],
  );
  const message = typeof inner.message === "string" ? inner.message : (types[0] ?? "no reason given");
  return { message, types };
}

function quotaNote(said: ProviderWords | null): string {
  return said?.types.some((type) => quotaErrors.has(type)) ? "the account's quota or credit is used up. " : "";
}

function statusError(status: number, api: ApiError, attempt: Attempt, cause: unknown): ModelCallError {
  const { provider, apiKey } = attempt.access;
  const headers = api.headers instanceof Headers ? api.headers : new Headers();
  const said = providerSaid(api.error);
  const spent = quotaNote(said);
  const isTransient = (status === 408 || status === 429 || status >= 500) && spent === "";
  return attempt.error({
    code: "provider_error",
    message: `${provider} answered ${status}${said ? `: ${spent}${shownWords(said.message, apiKey)}` : "."}`,
    status,
    retryable: isTransient && headers.get("x-should-retry") !== "false",
    retryAfterMs: isTransient ? retryAfterMs(headers, new Date()) : null,
    cause,
  });
}

/** A provider's own words as one line, without the key or anything that looks like one, cut at 500 characters. */
export function shownWords(text: string, apiKey: string): string {
  const clean = redactMessage(text, [apiKey])
    .replaceAll(/\p{Cc}+/gu, " ")
    .trim();
  return clean.length > 500 ? `${clean.slice(0, 500)}…` : clean;
}

function connectionError(fault: unknown, attempt: Attempt): ModelCallError {
  const { provider } = attempt.access;
  const chain = causesOf(fault);
  const own = chain.find((item) => item instanceof ModelCallError);
  if (own instanceof ModelCallError) return own;
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

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

function objectOf(value: unknown): Record<string, unknown> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}
