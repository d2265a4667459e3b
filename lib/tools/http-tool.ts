import type { Json } from "#/lib/contract/json.ts";
import { abortAfter } from "#/lib/core/timer.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { GuardedFetchError, requestLabel } from "./fetch-error.ts";
import type { FetchProgress, GuardedInit } from "./guarded-fetch.ts";
import { decodeBody, faultText, parseRetryAfterMs, selectHeaders } from "./http-answer.ts";
import type { HttpCall } from "./http-call.ts";
import { judgeMutability } from "./mutability.ts";
import type { Hop } from "./redirect-rules.ts";
import { refusedCall, ToolCallError, type ToolCallFault } from "./tool-call-error.ts";

export type HttpExecution = {
  /** The guarded fetch (or another one with the same contract). */
  fetch: typeof fetch;
  /** Cancels the call; the socket is closed at once. */
  signal: AbortSignal;
  timeoutMs: number;
  /** See GuardedInit. */
  beforeSend?: () => Promise<void>;
  /** Sent as `Idempotency-Key` unless the author set one; pass it for mutating calls. */
  idempotencyKey?: string | null;
  /** Headers that must never go to another origin. */
  secretHeaders?: readonly string[];
  /** The body holds a secret, which must not go to another origin. */
  secretBody?: boolean;
  /** The call was let through as read-only: a redirect to a request that is not is refused. */
  staysReadOnly?: boolean;
  /** Blanks out secret values in messages and excerpts; the server may echo them. */
  redact?: (text: string) => string;
  /** Called with the number of bytes of the answer so far; what it throws ends the call and is thrown. */
  onBytes?: (bytes: number) => void;
};

export type HttpAnswer = { status: number; headers: Record<string, string>; body: Json };

const excerptBytes = 2048;

/**
 * Makes one HTTP call, once: the engine does the retries. Returns the answer of a 2xx; throws ToolCallError for
 * everything else. 408, 429, 5xx and connection faults are retryable, other statuses never. After a redirect to a GET (as
 * 303 asks for), a failure is one of that GET: the outcome of the call itself is unknown.
 */
export async function executeHttpCall(call: HttpCall, execution: HttpExecution): Promise<HttpAnswer> {
  const url = URL.parse(call.url);
  if (!url) throw refusedCall("The tool's address is not a valid URL");
  const label = requestLabel(call.method, url);
  const redact = execution.redact ?? ((text: string) => text);
  const deadline = abortAfter(execution.timeoutMs);
  const progress: FetchProgress = { requestSent: null };
  let status: number | null = null;
  const stop = new BodyStop(execution.onBytes);
  try {
    const signal = AbortSignal.any([execution.signal, deadline]);
    const response = await execution.fetch(call.url, initOf(call, execution, signal, progress));
    status = response.status;
    const bytes = await readBytes(response, signal, stop);
    if (!response.ok) throw statusFault(label, response, bytes, redact, progress.movedOn === true);
    return {
      status,
      headers: selectHeaders(response.headers),
      body: decodeBody(bytes, response.headers.get("content-type")),
    };
  } catch (error) {
    if (stop.reason) throw stop.reason.thrown;
    if (error instanceof ToolCallError) throw error;
    // A request may have been sent unless the fetch knows that it made no connection.
    const isAnswered = progress.movedOn !== true && status !== null && (status < 200 || status >= 300);
    const outcomeUnknown = progress.requestSent !== false && !isAnswered;
    const fault = { status, retryAfterMs: null, body: null, outcomeUnknown };
    if (execution.signal.aborted)
      throw new ToolCallError(`${label} was cancelled`, { ...fault, code: "cancelled", retryable: false }, error);
    if (deadline.aborted) {
      const message = `${label} did not finish within ${execution.timeoutMs} ms`;
      throw new ToolCallError(message, { ...fault, code: "timed_out", retryable: true }, error);
    }
    throw transportFault(label, error, fault, redact);
  }
}

/** Tells what `onBytes` throws from faults of the connection. */
class BodyStop {
  reason: { thrown: unknown } | null = null;
  readonly #onBytes: (bytes: number) => void;

  constructor(onBytes: (bytes: number) => void = () => {}) {
    this.#onBytes = onBytes;
  }

  check(bytes: number): void {
    try {
      this.#onBytes(bytes);
    } catch (error) {
      this.reason = { thrown: error };
      throw error;
    }
  }
}

/** The body of a failed answer only explains it: if it breaks off or is too large, the status still counts. */
async function readBytes(response: Response, signal: AbortSignal, stop: BodyStop): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk);
      stop.check((bytes += chunk.byteLength));
    }
    return Buffer.concat(chunks);
  } catch (error) {
    if (response.ok || signal.aborted || stop.reason) throw error;
    return new Uint8Array();
  }
}

function initOf(call: HttpCall, execution: HttpExecution, signal: AbortSignal, progress: FetchProgress): GuardedInit {
  const headers: Record<string, string> = { accept: "application/json, */*;q=0.8", ...call.headers };
  if (execution.idempotencyKey) headers["idempotency-key"] ??= execution.idempotencyKey;
  return {
    method: call.method,
    headers,
    body: call.body,
    signal,
    progress,
    ...(execution.beforeSend ? { beforeSend: execution.beforeSend } : {}),
    secretHeaders: execution.secretHeaders ?? [],
    secretBody: execution.secretBody === true,
    ...(execution.staysReadOnly === true ? { refuseHop: mutatingHop } : {}),
  };
}

function mutatingHop({ method, url }: Hop): string | null {
  const { mutating, why } = judgeMutability({ kind: "http", method, url: url.href });
  return mutating ? `a request that may change something: ${why}` : null;
}

function statusFault(
  label: string,
  response: Response,
  bytes: Uint8Array,
  redact: (text: string) => string,
  outcomeUnknown: boolean,
): ToolCallError {
  const { status } = response;
  const contentType = response.headers.get("content-type");
  const says = faultText(bodyOrText(bytes, contentType), redact);
  const excerpt = redact(new TextDecoder().decode(bytes.subarray(0, excerptBytes * 4)));
  return new ToolCallError(redact(`${label} answered ${status}${says ? `: ${says}` : ""}`), {
    code: "tool_http_error",
    status,
    retryable: status === 408 || status === 429 || status >= 500,
    retryAfterMs: parseRetryAfterMs(response.headers.get("retry-after"), new Date()),
    body: bytes.length === 0 ? null : cutToBytes(excerpt, excerptBytes),
    outcomeUnknown,
  });
}

/** Secrets are blanked out before the text is cut, so that none survives because it was cut in two. */
function cutToBytes(text: string, limit: number): string {
  const bytes = Buffer.from(text, "utf8");
  return bytes.length <= limit ? text : new TextDecoder().decode(bytes.subarray(0, limit), { stream: true });
}

function bodyOrText(bytes: Uint8Array, contentType: string | null): Json {
  try {
    return decodeBody(bytes, contentType);
  } catch {
    return null;
  }
}

/** The answer came, but cannot be kept. */
const answeredOnly = { outcomeUnknown: false, answered: true };

function transportFault(
  label: string,
  error: unknown,
  fault: Omit<ToolCallFault, "code" | "retryable">,
  redact: (text: string) => string,
): ToolCallError {
  if (error instanceof GuardedFetchError) {
    const code = error.code as ToolCallFault["code"];
    const ends = error.fault === "too_large" && fault.status !== null ? answeredOnly : {};
    return new ToolCallError(redact(error.message), { ...fault, code, retryable: error.retryable, ...ends }, error);
  }
  // The answer came but cannot be kept (too deep, numbers out of range): asking again would give the same.
  if (error instanceof DomainError)
    return new ToolCallError(
      `${label} answered with JSON that cannot be stored: ${redact(error.message)}`,
      { ...fault, code: "tool_http_error", retryable: false, ...answeredOnly },
      error,
    );
  return new ToolCallError(
    `${label}: the connection broke`,
    { ...fault, code: "tool_http_error", retryable: true },
    error,
  );
}
