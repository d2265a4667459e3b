import { setTimeout as sleep } from "node:timers/promises";
import type { JsonObject } from "#/lib/contract/json.ts";
import { isFinal, type RunStatus } from "#/lib/contract/status.ts";

export type Sent = {
  body?: unknown;
  /** The body as it is; made once, it costs the sender nothing. */
  raw?: Uint8Array | string;
  headers?: Record<string, string>;
  signal?: AbortSignal;
};

/** A tenant that knows its key and the REST API, and what else the web process answers to. */
export class HostileTenant {
  readonly #baseUrl: string;
  readonly #key: string;
  #number = 0;

  constructor(baseUrl: string, key: string) {
    this.#baseUrl = baseUrl;
    this.#key = key;
  }

  get authorization(): string {
    return `Bearer ${this.#key}`;
  }

  /** An answer as a client of the API gets it. */
  async call(method: string, path: string, sent: Sent = {}): Promise<Response> {
    const headers = { authorization: this.authorization, ...sent.headers };
    return this.request(method, `/api/v1${path}`, { ...sent, headers });
  }

  /** Any request to the web process, without the key. */
  async request(method: string, path: string, { body, raw, headers, signal }: Sent = {}): Promise<Response> {
    const sent = raw ?? (body === undefined ? null : JSON.stringify(body));
    const type: Record<string, string> = sent === null ? {} : { "content-type": "application/json" };
    return fetch(`${this.#baseUrl}${path}`, {
      method,
      headers: { ...type, ...headers },
      body: sent as BodyInit | null,
      redirect: "manual",
      signal: signal ?? null,
    });
  }

  /** The status of a call, its answer read to the end. */
  async status(method: string, path: string, sent: Sent = {}): Promise<number> {
    return read(await this.call(method, path, sent));
  }

  /** The body of a call that must succeed. */
  async done<T = { id: string }>(method: string, path: string, sent: Sent = {}): Promise<T> {
    const response = await this.call(method, path, sent);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 500)}`);
    return (text === "" ? null : JSON.parse(text)) as T;
  }

  /** Creates a workflow under a slug of its own. */
  async push(definition: JsonObject): Promise<string> {
    const slug = `flow-${++this.#number}-${process.hrtime.bigint().toString(36)}`;
    await this.done("POST", "/workflows", { body: { slug, definition } });
    return slug;
  }

  /** Starts a run and gives its id. */
  async trigger(slug: string, payload: unknown = {}): Promise<string> {
    return (await this.done("POST", `/workflows/${slug}/runs`, { body: { payload } })).id;
  }

  /** Waits until a run has ended; asks less and less often, for asking is not the attack. */
  async ended(id: string, signal?: AbortSignal): Promise<RunStatus> {
    for (let restMs = 100; ; restMs = Math.min(2000, restMs * 1.5)) {
      const { status } = await this.done<{ status: RunStatus }>("GET", `/runs/${id}`, signal ? { signal } : {});
      if (isFinal(status)) return status;
      await sleep(restMs, undefined, signal ? { signal } : {});
    }
  }

  /** A run that has ended, and its id. */
  async ran(slug: string, payload: unknown = {}): Promise<string> {
    const id = await this.trigger(slug, payload);
    await this.ended(id);
    return id;
  }
}

/** The status of an answer, once it has been read to its end. */
export async function read(response: Response): Promise<number> {
  for await (const _ of response.body ?? []);
  return response.status;
}
