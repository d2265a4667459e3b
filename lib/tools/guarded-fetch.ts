import { Agent, fetch as undiciFetch, type Response as UndiciResponse } from "undici";
import { timerMs } from "#/lib/core/timer.ts";
import { boundedBody } from "./bounded-body.ts";
import { connectionFault, GuardedFetchError, requestLabel } from "./fetch-error.ts";
import { systemResolve } from "./lookups.ts";
import { pinnedConnector, type Resolve } from "./pinned-connector.ts";
import { type Hop, maxRedirects, nextHop, redirectTarget } from "./redirect-rules.ts";
import { singleSending } from "./single-sending.ts";

export type GuardSettings = {
  /**
   * `host:port` pairs from REPRISE_EGRESS_ALLOW that may be reached although they are not public; "any" only for
   * addresses that the operator configured.
   */
  allow: readonly string[] | "any";
  /** The most bytes an answer may have after decompression. */
  maxBytes?: number;
  /** Limit for the whole call, including redirects and body; Infinity for none. */
  timeoutMs?: number;
  /** How names become addresses; the system's resolver unless a test provides its own. */
  resolve?: Resolve;
};

export type FetchProgress = {
  /** Whether a connection was made, so that the server may have received the request; null = unknown. */
  requestSent: boolean | null;
  /** The request was answered: with a redirect to a GET. What that GET is answered says nothing about the request. */
  movedOn?: boolean;
};

/** What a caller may add to `fetch`'s init. A plain `fetch` ignores all of it. */
export type GuardedInit = RequestInit & {
  /** Never sent to another origin (most headers are not, see redirect-rules.ts). */
  secretHeaders?: readonly string[];
  /** The body holds a secret: a redirect that sends it to another origin is refused. */
  secretBody?: boolean;
  /** Why a redirect must not be followed to this request; null = it may. */
  refuseHop?: (hop: Hop) => string | null;
  /** Called at the last moment, once connected; when it throws, nothing is sent. */
  beforeSend?: () => Promise<void>;
  /** Filled in during the call. */
  progress?: FetchProgress;
};

const defaultMaxBytes = 10 * 1024 * 1024;
const defaultTimeoutMs = 30_000;

/**
 * The one way out for tools, webhooks, MCP servers and custom provider URLs: a `fetch` that reaches public addresses
 * only (docs/decisions/0008-guarded-fetch.md). Throws GuardedFetchError, or the signal's reason when the caller aborts;
 * either way the socket is closed. Each call has a connection of its own.
 */
export function createGuardedFetch(settings: GuardSettings): typeof fetch {
  return (input, init) => guardedFetch(settings, input, init ?? {});
}

type Call = {
  /** Aborted by the caller or by the deadline; its reason is what the caller gets. */
  signal: AbortSignal;
  agent: Agent;
  maxBytes: number;
  finish: () => void;
};

async function guardedFetch(settings: GuardSettings, input: RequestInfo | URL, init: GuardedInit): Promise<Response> {
  const progress = init.progress ?? { requestSent: null };
  progress.requestSent = false;
  const request = input instanceof Request ? input : null;
  const callerSignal = init.signal ?? request?.signal ?? null;
  callerSignal?.throwIfAborted();
  let hop = await firstHop(input, init);
  const label = requestLabel(hop.method, hop.url);
  const call = openCall(settings, label, callerSignal, { progress, beforeSend: init.beforeSend });
  try {
    for (let redirects = 0; ; redirects += 1) {
      assertHop(hop);
      const { answer, status } = await sendHop(hop, call);
      const mode = init.redirect ?? request?.redirect ?? "follow";
      const target = mode === "manual" ? null : redirectTarget(hop, status, answer.headers.get("location"));
      if (target === null) return boundedResponse({ answer, status }, hop, redirects > 0, call);
      await answer.body?.cancel();
      if (mode === "error" || redirects === maxRedirects)
        throw new GuardedFetchError(
          "refused",
          `${requestLabel(hop.method, hop.url)} ${mode === "error" ? "redirects, which is not allowed here" : `redirects more than ${maxRedirects} times`}`,
        );
      const next = nextHop(hop, status, target, {
        headers: init.secretHeaders ?? [],
        body: init.secretBody === true,
      });
      const refusal = init.refuseHop?.(next) ?? null;
      if (refusal !== null)
        throw new GuardedFetchError("refused", `${requestLabel(hop.method, hop.url)} redirects to ${refusal}`);
      if (next.method !== hop.method) progress.movedOn = true;
      hop = next;
    }
  } catch (error) {
    const fault = call.signal.aborted ? call.signal.reason : connectionFault(requestLabel(hop.method, hop.url), error);
    call.finish();
    throw fault;
  }
}

/** One agent per call: nothing is pooled, so an abort closes the socket and no request meets a stale connection. */
function openCall(
  settings: GuardSettings,
  label: string,
  callerSignal: AbortSignal | null,
  { progress, beforeSend }: { progress: FetchProgress; beforeSend: GuardedInit["beforeSend"] },
): Call {
  const controller = new AbortController();
  const timeoutMs = settings.timeoutMs ?? defaultTimeoutMs;
  const onTimeout = () =>
    controller.abort(new GuardedFetchError("timed_out", `${label} did not finish within ${timeoutMs} ms`));
  const timer = Number.isFinite(timeoutMs) ? setTimeout(onTimeout, timerMs(timeoutMs)) : undefined;
  const onAbort = () => controller.abort(callerSignal?.reason);
  callerSignal?.addEventListener("abort", onAbort, { once: true });
  const agent = new Agent({
    allowH2: false,
    pipelining: 0,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: pinnedConnector({
      allow: settings.allow,
      resolve: settings.resolve ?? systemResolve,
      beforeSend,
      onConnect: () => {
        progress.requestSent = true;
      },
    }),
  });
  const finish = () => {
    clearTimeout(timer);
    callerSignal?.removeEventListener("abort", onAbort);
    agent.destroy().catch(() => undefined);
  };
  controller.signal.addEventListener("abort", finish, { once: true });
  return { signal: controller.signal, agent, maxBytes: settings.maxBytes ?? defaultMaxBytes, finish };
}

/** An answer with the status that its server gave. */
type Answered = { answer: UndiciResponse; status: number };

async function sendHop(hop: Hop, call: Call): Promise<Answered> {
  const { dispatcher, statusOf } = singleSending(call.agent);
  const aborted = new Promise<never>((_resolve, reject) => {
    call.signal.addEventListener("abort", () => reject(call.signal.reason), { once: true });
  });
  const sent = undiciFetch(hop.url, {
    method: hop.method,
    headers: [...hop.headers],
    body: hop.body,
    redirect: "manual",
    dispatcher,
    signal: call.signal,
  });
  sent.catch(() => undefined);
  // undici cannot abort a name server that never answers, so the signal is raced as well.
  const answer = await Promise.race([sent, aborted]);
  return { answer, status: statusOf(answer) };
}

function assertHop({ url, method, body }: Hop): void {
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw new GuardedFetchError(
      "refused",
      `Requests to ${url.protocol}// addresses are refused: only http and https are allowed`,
    );
  if (url.username !== "" || url.password !== "")
    throw new GuardedFetchError("refused", `Requests to ${url.origin} are refused: the URL contains credentials`);
  if (!/^[A-Z][A-Z-]*$/.test(method) || method === "CONNECT" || method === "TRACE" || method === "TRACK")
    throw new GuardedFetchError("refused", "This request method is not allowed");
  if (body !== null && (method === "GET" || method === "HEAD"))
    throw new GuardedFetchError("refused", `A ${method} request has no body`);
}

/** Headers that describe the connection, which is ours; `fetch` silently ignores them too. */
const connectionHeaders = [
  "host",
  "connection",
  "content-length",
  "transfer-encoding",
  "keep-alive",
  "te",
  "trailer",
  "upgrade",
  "expect",
  "proxy-authorization",
  "proxy-connection",
  "accept-encoding",
];

async function firstHop(input: RequestInfo | URL, init: GuardedInit): Promise<Hop> {
  const request = input instanceof Request ? input : null;
  const url = URL.parse(request ? request.url : String(input));
  if (!url) throw new GuardedFetchError("refused", "The address is not a valid URL");
  const headers = headersOf(init.headers ?? request?.headers);
  for (const name of connectionHeaders) headers.delete(name);
  if (!headers.has("user-agent")) headers.set("user-agent", "Reprise");
  // Buffering makes every kind of body fit undici's own fetch, and lets a 307 send it again.
  const source = init.body ?? request?.body ?? null;
  const wrapped = source === null ? null : new Response(source);
  const contentType = wrapped?.headers.get("content-type") ?? null;
  if (contentType !== null && !headers.has("content-type")) headers.set("content-type", contentType);
  const body = wrapped === null ? null : new Uint8Array(await wrapped.arrayBuffer());
  return { url, method: (init.method ?? request?.method ?? "GET").toUpperCase(), headers, body };
}

/** The platform's error quotes the value, which may be a secret. */
function headersOf(source: HeadersInit | undefined): Headers {
  try {
    return new Headers(source);
  } catch (cause) {
    throw new GuardedFetchError("refused", "A header has a name or value that HTTP does not allow", { cause });
  }
}

/** A standard Response over the bounded body. It is already decoded, so headers that say otherwise are removed. */
function boundedResponse({ answer, status }: Answered, hop: Hop, redirected: boolean, call: Call): Response {
  const label = requestLabel(hop.method, hop.url);
  const tooLarge = () =>
    new GuardedFetchError("too_large", `${label} answered with more than ${sizeText(call.maxBytes)}`);
  const headers = new Headers([...answer.headers]);
  const isEncoded = headers.has("content-encoding");
  if (hop.method !== "HEAD" && !isEncoded && Number(headers.get("content-length")) > call.maxBytes) throw tooLarge();
  if (isEncoded) for (const name of ["content-encoding", "content-length"]) headers.delete(name);
  const body = answer.body
    ? boundedBody(answer.body as unknown as ReadableStream<Uint8Array>, {
        maxBytes: call.maxBytes,
        tooLarge,
        faultOf: (error) => (call.signal.aborted ? call.signal.reason : connectionFault(label, error)),
        onEnd: call.finish,
      })
    : null;
  if (body === null) call.finish();
  const response = new Response(body, { status, statusText: answer.statusText, headers });
  Object.defineProperty(response, "url", { value: hop.url.href });
  Object.defineProperty(response, "redirected", { value: redirected });
  return response;
}

function sizeText(bytes: number): string {
  return bytes >= 1024 * 1024 ? `${Math.round(bytes / 1024 / 1024)} MiB` : `${bytes} bytes`;
}
