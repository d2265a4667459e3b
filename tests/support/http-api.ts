import type { Run } from "#/lib/contract/run.ts";
import { isFinal, type RunStatus } from "#/lib/contract/status.ts";
import { rests } from "./rests.ts";

export type HttpSent = { body?: unknown; raw?: string | Uint8Array; headers?: Record<string, string> };
// oxlint-disable-next-line typescript/no-explicit-any -- tests read answers of any shape, and a wrong guess fails them
export type HttpAnswer = { status: number; headers: Headers; body: any; text: string };

/** The REST API over HTTP, as a client with this key sees it: `call("GET", "/runs?limit=1")`. */
export function httpApi(baseUrl: string, key: string | null) {
  const call = async (method: string, path: string, sent: HttpSent = {}): Promise<HttpAnswer> => {
    const body = sent.raw ?? (sent.body === undefined ? undefined : JSON.stringify(sent.body));
    const headers = {
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...sent.headers,
    };
    const response = await fetch(`${baseUrl}/api/v1${path}`, {
      method,
      headers,
      body: (body ?? null) as BodyInit | null,
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: parsed(text), text };
  };
  /** Starts a run; gives its id. */
  const trigger = async (slug: string, body: object = {}): Promise<string> => {
    const { status, body: run, text } = await call("POST", `/workflows/${slug}/runs`, { body });
    if (status !== 202) throw new Error(`triggering ${slug} answered ${status}: ${text}`);
    return run.id as string;
  };
  /** Waits until the run is in one of the statuses (default: a final one) and gives it back. */
  const reached = async (id: string, statuses?: readonly RunStatus[], withinMs = 60_000): Promise<Run> => {
    const deadline = Date.now() + withinMs;
    const rest = rests(50);
    for (;;) {
      const { body } = await call("GET", `/runs/${id}`);
      const run = body as Run;
      if (statuses ? statuses.includes(run.status) : isFinal(run.status)) return run;
      if (Date.now() > deadline) throw new Error(`run ${id} is still ${run.status} after ${withinMs} ms`);
      await rest();
    }
  };
  /** Starts a run and waits for its end. */
  const ran = async (slug: string, body: object = {}): Promise<Run> => reached(await trigger(slug, body));
  return { call, trigger, reached, ran };
}
export type HttpApi = ReturnType<typeof httpApi>;

function parsed(text: string): unknown {
  try {
    return text === "" ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
