import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Json } from "#/lib/contract/json.ts";
import { noEffects } from "#/lib/contract/run.ts";

type Received = {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage["headers"];
  body: string;
};
/** An answer as data, or a function that writes it; null leaves the request to the next handler. */
export type Reply =
  | { status?: number; headers?: Record<string, string>; json?: unknown; text?: string }
  | ((response: ServerResponse, request: IncomingMessage) => void);
export type Handler = (request: Received) => Reply | Promise<Reply>;

/** A server that speaks HTTP on a free port and answers as the test says. */
export async function startFakeService(handler: Handler) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { headers, method = "" } = request;
    const one = {
      method,
      path: url.pathname,
      query: url.searchParams,
      headers,
      body: Buffer.concat(chunks).toString(),
    };
    received.push(one);
    const reply = await handler(one);
    if (typeof reply === "function") return reply(response, request);
    const { status = 200, json, text = json === undefined ? "" : JSON.stringify(json) } = reply;
    response.writeHead(status, { "content-type": "application/json", "request-id": "req_fake", ...reply.headers });
    response.end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url, received, stop };
}

export type FakeService = Awaited<ReturnType<typeof startFakeService>>;

/** Problem details as the service sends them. */
export function problem(status: number, code: string, headers: Record<string, string> = {}, more: object = {}): Reply {
  const json = {
    type: `urn:reprise:problem:${code}`,
    title: code,
    status,
    detail: `says ${code}`,
    code,
    requestId: "req_fake",
    ...more,
  };
  return { status, json, headers: { "content-type": "application/problem+json", ...headers } };
}

/** A run as the service shows it. */
export function runBody(id: string, status: string, more: Record<string, unknown> = {}): Record<string, Json> {
  return {
    ...{
      id,
      status,
      statusReason: null,
      version: 1,
      workflow: { id: "wf_1", slug: "hello" },
      mode: null,
      replayOf: null,
    },
    ...{
      rootRun: id,
      depth: 0,
      fromNodeId: null,
      batch: null,
      schedule: null,
      startAt: null,
      attempt: 1,
      trigger: { kind: "api", actor: null },
      tags: [],
      error: null,
    },
    ...{
      environment: "production",
      createdAt: "2026-11-20T10:00:00.000Z",
      startedAt: null,
      finishedAt: null,
      steps: 0,
    },
    ...{
      durationMs: null,
      costMicros: null,
      models: [],
      prompts: [],
      url: `/acme/ai/runs/${id}`,
      payload: {},
      output: null,
    },
    usage: {
      inputTokens: null,
      outputTokens: null,
      cacheReadTokens: null,
      cacheWriteTokens: null,
      reasoningTokens: null,
    },
    effects: noEffects,
    ...(more as Record<string, Json>),
  };
}

/** One server-sent event of a run. */
export function eventMessage(seq: number, type: string): string {
  const event = { seq, type, at: "2026-11-20T10:00:00.000Z", nodeId: null, spanId: null, key: null, data: {} };
  return `id: ${seq}\nevent: ${type}\ndata: ${JSON.stringify(event)}\n\n`;
}
