import { DomainError } from "#/lib/core/errors.ts";

/** Why the guarded fetch gave up: refused by a rule, no connection, too slow, or an answer over the size limit. */
export type FetchFault = "refused" | "connection" | "timed_out" | "too_large";

const codes = {
  refused: "tool_request_refused",
  connection: "tool_http_error",
  timed_out: "timed_out",
  too_large: "tool_http_error",
} as const;

/**
 * What the guarded fetch throws (an abort by the caller throws the signal's reason instead, as `fetch` does). Messages
 * name scheme, host and path, never the query, credentials or an address that a name resolved to.
 */
export class GuardedFetchError extends DomainError {
  readonly fault: FetchFault;
  /** True when the same request may succeed later: a broken connection or a time-out, not a refusal or a bad certificate. */
  readonly retryable: boolean;

  constructor(fault: FetchFault, message: string, options: { retryable?: boolean; cause?: unknown } = {}) {
    super(codes[fault], message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = "GuardedFetchError";
    this.fault = fault;
    this.retryable = options.retryable ?? (fault === "connection" || fault === "timed_out");
  }
}

/** `GET https://host:port/path`: how a request is named in messages. The query may hold secrets, so it is left out. */
export function requestLabel(method: string, url: URL): string {
  const path = url.pathname.length > 200 ? `${url.pathname.slice(0, 200)}…` : url.pathname;
  return `${method} ${url.origin}${path}`;
}

const faultTexts: Record<string, string> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "the connection was reset",
  EPIPE: "the connection was closed",
  EAI_AGAIN: "the host name could not be looked up",
  EHOSTUNREACH: "the host is not reachable",
  ENETUNREACH: "the network is not reachable",
  ETIMEDOUT: "no connection in time",
  UND_ERR_CONNECT_TIMEOUT: "no connection in time",
  UND_ERR_SOCKET: "the connection was closed",
  UND_ERR_HEADERS_OVERFLOW: "the answer's headers are too large",
};

/** Turns whatever undici threw into a GuardedFetchError; undici's own text is kept only as the cause. */
export function connectionFault(label: string, error: unknown): GuardedFetchError {
  const chain = causesOf(error);
  const guarded = chain.find((item) => item instanceof GuardedFetchError);
  if (guarded instanceof GuardedFetchError) return guarded;
  const code = chain.map((item) => String((item as { code?: unknown }).code ?? "")).find((text) => text !== "") ?? "";
  if (/CERT|SIGNED|SIGNATURE|^ERR_TLS|^ERR_SSL|^EPROTO/.test(code))
    return new GuardedFetchError("connection", `${label}: the server's TLS certificate or handshake was not accepted`, {
      retryable: false,
      cause: error,
    });
  if (chain.some((item) => (item as Error).message === "bad port"))
    return new GuardedFetchError("refused", `${label}: this port is not open to web requests`, { cause: error });
  const isParserFault = code.startsWith("HPE_") || chain.some((item) => (item as Error).name === "HTTPParserError");
  const broken = isParserFault ? "the answer is not valid HTTP" : "the connection broke";
  return new GuardedFetchError("connection", `${label}: ${faultTexts[code] ?? broken}`, { cause: error });
}

function causesOf(error: unknown): object[] {
  const chain: object[] = [];
  for (let next = error; typeof next === "object" && next !== null && chain.length < 8; next = (next as Error).cause) {
    chain.push(next);
    if (next instanceof AggregateError) chain.push(...next.errors.filter((item) => typeof item === "object"));
  }
  return chain;
}
