import { errorOfAnswer, RepriseError } from "./error.ts";
import { retryDelayMs, type RetryLimits } from "./retry.ts";
import { sleep } from "./sleep.ts";
import { abortAfter } from "./timer.ts";

type QueryValue = string | number | boolean | Date | undefined | null;
export type Query = Record<string, QueryValue | readonly QueryValue[]>;
export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** What every call takes besides its own options. */
export type CallOptions = {
  /** Ends the call; it rejects with the signal's reason. */
  signal?: AbortSignal;
  /** For one attempt, in milliseconds; the client's `timeoutMs` when left out. `Infinity` is no limit. */
  timeoutMs?: number;
  /** POST only: names the request, so that sending it again gives the first result. Made up when left out. */
  idempotencyKey?: string;
};

export type Content = { type: string; text: string };
export type Sent = CallOptions & { query?: Query; body?: unknown; content?: Content };
export type Answer<T> = { data: T; status: number; headers: Headers };

export type TransportOptions = RetryLimits & {
  apiKey: string;
  baseUrl: string;
  timeoutMs: number;
  headers: Record<string, string>;
  fetch: (url: string, init: RequestInit) => Promise<Response>;
};

/** Sends requests below `/api/v1`, repeats those that may be repeated, turns failures into RepriseError. */
export class Transport {
  readonly #options: TransportOptions;

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  /** @throws {RepriseError} on any answer outside 2xx, and when none came; an abort's reason when `signal` aborts. */
  async request<T>(method: Method, path: string, sent: Sent = {}): Promise<Answer<T>> {
    const init = this.#init(method, sent);
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#attempt<T>(this.#url(path, sent.query), init, sent);
      } catch (error) {
        if (!(error instanceof FailedAttempt)) throw error;
        const waitMs = isRepeatable(method) ? retryDelayMs(error, attempt, this.#options, Math.random()) : null;
        if (waitMs === null) throw error.error;
        await sleep(waitMs, sent.signal);
      }
    }
  }

  /** One GET whose body the caller reads as it comes. The same errors as `request`; not repeated, no time limit. */
  async open(path: string, headers: Record<string, string>, signal: AbortSignal): Promise<Response> {
    const init = { ...this.#init("GET", {}), signal };
    Object.assign(init.headers, headers);
    const response = await this.#options.fetch(this.#url(path, {}), init).catch((cause: unknown) => {
      throw signal.aborted ? (signal.reason as Error) : connectionFailed(cause);
    });
    if (response.ok) return response;
    throw errorOfAnswer(response.status, response.headers, await response.text().catch(() => ""));
  }

  async #attempt<T>(url: string, init: RequestInit, sent: Sent): Promise<Answer<T>> {
    const timeout = abortAfter(sent.timeoutMs ?? this.#options.timeoutMs);
    const signal = sent.signal ? AbortSignal.any([sent.signal, timeout]) : timeout;
    let response: Response;
    let text: string;
    try {
      response = await this.#options.fetch(url, { ...init, signal });
      text = await response.text();
    } catch (cause) {
      if (sent.signal?.aborted) throw sent.signal.reason;
      const error = timeout.aborted ? requestTimedOut(cause) : connectionFailed(cause);
      throw new FailedAttempt(error, null);
    }
    const { status, headers } = response;
    if (!response.ok) throw new FailedAttempt(errorOfAnswer(status, headers, text), headers.get("x-should-retry"));
    return { data: dataOf<T>(status, headers, text), status, headers };
  }

  #init(method: Method, sent: Sent): RequestInit & { headers: Record<string, string> } {
    const {
      body,
      content = body === undefined ? undefined : { type: "application/json", text: JSON.stringify(body) },
    } = sent;
    return {
      method,
      // A redirect would turn a POST into a GET, or carry the request to another place than the one configured.
      redirect: "manual",
      headers: {
        accept: "application/json",
        ...this.#options.headers,
        authorization: `Bearer ${this.#options.apiKey}`,
        ...(content ? { "content-type": content.type } : {}),
        ...(method === "POST" ? { "idempotency-key": sent.idempotencyKey ?? newIdempotencyKey() } : {}),
      },
      ...(content ? { body: content.text } : {}),
    };
  }

  #url(path: string, query: Query = {}): string {
    const values = new URLSearchParams();
    for (const [name, value] of Object.entries(query))
      for (const one of Array.isArray(value) ? (value as QueryValue[]) : [value as QueryValue])
        if (one !== undefined && one !== null)
          values.append(name, one instanceof Date ? one.toISOString() : String(one));
    const search = values.toString();
    return `${this.#options.baseUrl}/api/v1${path}${search === "" ? "" : `?${search}`}`;
  }
}

/** A POST carries an Idempotency-Key, always; a repeated DELETE or PATCH could report what its first attempt did. */
function isRepeatable(method: Method): boolean {
  return method === "GET" || method === "PUT" || method === "POST";
}

class FailedAttempt {
  readonly error: RepriseError;
  readonly shouldRetry: string | null;

  constructor(error: RepriseError, shouldRetry: string | null) {
    this.error = error;
    this.shouldRetry = shouldRetry;
  }

  get status(): number | null {
    return this.error.status;
  }

  get retryAfterMs(): number | null {
    return this.error.retryAfterMs;
  }
}

function dataOf<T>(status: number, headers: Headers, text: string): T {
  assertOurs(status, headers);
  if (text === "") return undefined as T;
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    const requestId = headers.get("request-id");
    const message = "The address did not answer with JSON: is baseUrl the address of Reprise?";
    throw new RepriseError(message, { code: "unexpected_answer", status, requestId, cause });
  }
}

/** Every answer of the service has its own `request-id`; what another server says must not pass for a run. */
function assertOurs(status: number, headers: Headers): void {
  if (headers.get("request-id")?.startsWith("req_")) return;
  const message = "The answer is not from Reprise: is baseUrl its address?";
  throw new RepriseError(message, { code: "unexpected_answer", status });
}

function connectionFailed(cause: unknown): RepriseError {
  return new RepriseError(`No connection to the service: ${reasonOf(cause)}`, { code: "connection_failed", cause });
}

function requestTimedOut(cause: unknown): RepriseError {
  return new RepriseError("The service did not answer in time.", { code: "request_timed_out", cause });
}

/** fetch says only "fetch failed"; why is in the causes, in Node as a code. */
function reasonOf(error: unknown): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(inner instanceof Error)) return String(inner);
  const code = "code" in inner && typeof inner.code === "string" ? inner.code : "";
  return inner.message === "" ? code || inner.name : inner.message;
}

/** `crypto.randomUUID` is missing in pages without TLS; random values are everywhere. */
function newIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `sdk-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
