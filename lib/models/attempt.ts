import { maxJsonValues } from "#/lib/contract/json-size.ts";
import type { Usage } from "#/lib/contract/run.ts";
import { turnBytes } from "#/lib/core/loop-turns.ts";
import { timerMs } from "#/lib/core/timer.ts";
import { notAStream, shownWords, stopError } from "./call-failure.ts";
import type { CallOptions, ProviderAccess } from "./chat.ts";
import { EventStreamFilter, TooManyValues } from "./event-stream-filter.ts";
import { ModelCallError, type ModelCallFailure } from "./model-call-error.ts";
import { providerHeaders } from "./provider-headers.ts";

/** Why we ended an attempt ourselves. */
export type StopCause = "cancelled" | "timed_out" | "provider_idle_timeout" | "too_large";

const maxStreamBytes = 64 * 1024 * 1024;
const maxModelName = 200;
const maxErrorBytes = 64 * 1024;
/** How long the stream has after the terminal event to end by itself, so that the connection can be reused. In ms. */
const graceMs = 250;

/**
 * One attempt of a model call, seen from below the SDK: its clock (deadline, idle timer), its abort, the bytes that
 * went through, and what had arrived when it failed. The SDKs only time out headers, and resolve a cut stream as
 * success, so both are watched here (docs/decisions/0004-model-gateway.md).
 */
export class Attempt {
  /** The provider sent the headers of a successful answer. */
  answered = false;
  /** The fetch itself failed: no connection, or refused by a rule. */
  connectionFault: unknown = null;
  stoppedBy: StopCause | null = null;
  partialText = "";
  usage: Usage | null = null;
  /** The model that answers, according to the provider. */
  responseModel: string | null = null;
  /** The token limit cut off a tool call, which was left out. */
  cutToolCall = false;
  providerRequestId: string | null = null;
  timeToFirstTokenMs: number | null = null;
  readonly access: ProviderAccess;
  /** Rejects when the attempt is stopped, so that an SDK that swallows the abort cannot keep the caller waiting. */
  readonly stopped: Promise<never>;

  readonly #options: CallOptions;
  readonly #controller = new AbortController();
  #sentAt = performance.now();
  readonly #onAbort = () => this.#stop("cancelled");
  #rejectStopped: (error: ModelCallError) => void = () => {};
  #deadline: NodeJS.Timeout;
  #idle: NodeJS.Timeout | undefined;
  #finished = false;
  readonly #filter: EventStreamFilter;

  constructor(access: ProviderAccess, options: CallOptions) {
    this.access = access;
    this.#options = options;
    this.#filter = new EventStreamFilter({ named: access.kind === "anthropic" });
    this.stopped = new Promise((_, reject) => (this.#rejectStopped = reject));
    this.stopped.catch(() => {});
    this.#deadline = setTimeout(() => this.#stop("timed_out"), timerMs(options.timeoutMs));
    if (options.signal.aborted) this.#stop("cancelled");
    else options.signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The `[DONE]` line of OpenAI's streams went through; its SDK does not report it. */
  get sawDoneLine(): boolean {
    return this.#filter.sawDone;
  }

  /** Takes the answering model from the first event that names one. It may be any text, so it is made fit to store. */
  answeredBy(model: unknown): void {
    if (this.responseModel !== null || typeof model !== "string") return;
    this.responseModel = shownWords(model, this.access.apiKey).slice(0, maxModelName).toWellFormed() || null;
  }

  /** Takes answer text that just arrived. */
  text(delta: string): void {
    if (delta === "" || this.stoppedBy) return;
    this.token();
    this.partialText += delta;
    this.#options.onDelta?.(delta);
  }

  /** Takes note of a token of any kind (text, thinking, arguments) that just arrived. */
  token(): void {
    this.timeToFirstTokenMs ??= Math.round(performance.now() - this.#sentAt);
  }

  /** Passes on every event of a stream. After the terminal event, connection errors no longer matter. */
  async read<Event>(events: AsyncIterable<Event>, take: (event: Event) => void): Promise<void> {
    try {
      for await (const event of events) take(event);
    } catch (error) {
      if (!this.#finished) throw error;
    }
  }

  /** The terminal event has arrived: whatever happens to the connection now, the attempt succeeded. */
  finish(): void {
    if (this.#finished || this.stoppedBy) return;
    this.#finished = true;
    clearTimeout(this.#deadline);
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.#controller.abort(), graceMs);
  }

  /** An error with everything that this attempt knows. */
  error(failure: ModelCallFailure): ModelCallError {
    return new ModelCallError({
      partialText: this.partialText,
      usage: this.usage,
      providerRequestId: this.providerRequestId,
      responseModel: this.responseModel,
      brokeOff: this.answered,
      ...failure,
    });
  }

  /** Ends timers and closes whatever is still open. */
  close(): void {
    clearTimeout(this.#deadline);
    clearTimeout(this.#idle);
    this.#options.signal.removeEventListener("abort", this.#onAbort);
    this.#finished = true;
    this.#controller.abort();
  }

  /** The `fetch` given to the SDK: only our headers, no redirects, every byte seen, only events let through. */
  readonly fetch = async (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    try {
      const response = await this.#send(input, init);
      this.providerRequestId = requestIdOf(response.headers);
      this.answered = response.ok;
      this.#restartIdle();
      return await this.#readable(response);
    } catch (error) {
      this.connectionFault = error;
      throw error;
    }
  };

  /** Throws when a successful answer is a document: the SDKs would look for events in it and find none. */
  async #readable(response: Response): Promise<Response> {
    const { status, statusText, headers, ok } = response;
    const type = /^[^;]*/.exec(headers.get("content-type") ?? "")?.[0].trim() ?? "";
    const isDocument = ok && /json|html/i.test(type);
    const seen = response.body?.pipeThrough(this.#watch(ok && !isDocument)) ?? null;
    if (isDocument) throw notAStream(type, await new Response(seen).text(), this);
    const body = ok ? (seen?.pipeThrough(this.#eventsOnly()) ?? null) : seen;
    return new Response(body, { status, statusText, headers });
  }

  #eventsOnly(): TransformStream<Uint8Array, Uint8Array> {
    const encoder = new TextEncoder();
    const hand = (events: () => string, out: TransformStreamDefaultController<Uint8Array>) => {
      const text = this.#bounded(events);
      if (text !== "") out.enqueue(encoder.encode(text));
    };
    return new TransformStream({
      transform: async (chunk, out) => {
        for (let at = 0; at < chunk.length; at += turnBytes) {
          const piece = chunk.subarray(at, at + turnBytes);
          await this.#options.paced?.(piece.length);
          hand(() => this.#filter.push(piece), out);
        }
      },
      flush: (out) => hand(() => this.#filter.end(), out),
    });
  }

  /** What the filter lets through. What it refuses fails the attempt for good: another try would get the same. */
  #bounded(events: () => string): string {
    try {
      return events();
    } catch (error) {
      if (!(error instanceof TooManyValues)) throw error;
      const message = `${this.access.provider} sent an event of more than ${maxJsonValues} values.`;
      throw this.error({ code: "provider_error", message, cause: error });
    }
  }

  async #send(input: RequestInfo | URL, init: RequestInit): Promise<Response> {
    const signal = init.signal ? AbortSignal.any([init.signal, this.signal]) : this.signal;
    const headers = providerHeaders(this.access, new Headers(init.headers));
    const { method, body } = init;
    this.#sentAt = performance.now();
    return this.#options.fetch(input, { method, body, headers, signal, redirect: "error" });
  }

  #watch(isSuccess: boolean): TransformStream<Uint8Array, Uint8Array> {
    const limit = isSuccess ? maxStreamBytes : maxErrorBytes;
    let seen = 0;
    return new TransformStream({
      transform: (chunk, out) => {
        this.#restartIdle();
        seen += chunk.byteLength;
        if (seen > limit) return isSuccess ? this.#stop("too_large") : out.terminate();
        out.enqueue(chunk);
      },
    });
  }

  #restartIdle(): void {
    if (this.#finished || this.stoppedBy) return;
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.#stop("provider_idle_timeout"), timerMs(this.#options.idleTimeoutMs));
  }

  #stop(cause: StopCause): void {
    if (this.stoppedBy || this.#finished) return;
    this.stoppedBy = cause;
    this.#controller.abort();
    this.#rejectStopped(stopError(cause, this));
  }
}

function requestIdOf(headers: Headers): string | null {
  const id = headers.get("request-id") ?? headers.get("x-request-id");
  return id !== null && /^[\x21-\x7e]{1,200}$/.test(id) ? id : null;
}
