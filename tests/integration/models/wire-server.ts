import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Json, JsonObject } from "#/lib/contract/json.ts";
import type { CallOptions, ModelRequest, ProviderAccess } from "#/lib/models/chat.ts";

type Seen = { path: string; headers: IncomingHttpHeaders; body: JsonObject; closedAt: number | null };
type Handler = (response: ServerResponse, request: IncomingMessage) => void | Promise<void>;

/** A server on 127.0.0.1 that answers every request with the current handler and remembers what came. */
export async function startWireServer() {
  const seen: Seen[] = [];
  let handler: Handler = (response) => void response.end();
  const server = createServer(async (request, response) => {
    const entry: Seen = { path: request.url ?? "", headers: request.headers, body: {}, closedAt: null };
    seen.push(entry);
    response.on("close", () => (entry.closedAt = Date.now()));
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    entry.body = chunks.length ? (JSON.parse(Buffer.concat(chunks).toString()) as JsonObject) : {};
    await handler(response, request);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    answer(next: Handler) {
      handler = next;
      seen.length = 0;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
export type WireServer = Awaited<ReturnType<typeof startWireServer>>;

/** Sends events, then ends the answer; `pauseMs` between them so that they arrive as chunks of their own. */
export async function sendEvents(response: ServerResponse, events: string[], pauseMs = 1): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream", "request-id": "req_1", "x-request-id": "req_1" });
  for (const event of events) {
    response.write(event);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

const named = (event: { type: string; [field: string]: unknown }) =>
  `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
const plain = (event: Json) => `data: ${JSON.stringify(event)}\n\n`;

/** One wire format: a whole answer "Hello world" as events, the last of which is its terminal one. */
export type WireFormat = {
  kind: ProviderAccess["kind"];
  path: string;
  basePath: string;
  events: string[];
  /** Events of the whole answer that come after the answer's last text and before the end. */
  errorEvent: (type: string) => string;
  errorBody: Json;
};

const responseBase = { id: "resp_1", model: "wire-model", status: "in_progress", output: [], usage: null };
const responsesMessage = {
  type: "message",
  id: "msg_1",
  role: "assistant",
  status: "completed",
  phase: "final_answer",
  content: [{ type: "output_text", text: "Hello world", annotations: [] }],
};
const responsesUsage = {
  input_tokens: 20,
  input_tokens_details: { cached_tokens: 3, cache_write_tokens: 7, cache_write_tokens_details: { ttl_30m_tokens: 7 } },
  output_tokens: 5,
  output_tokens_details: { reasoning_tokens: 2 },
  total_tokens: 25,
};
export const chunk = (delta: Json, finish: string | null = null, more: JsonObject = {}) =>
  plain({
    id: "c1",
    object: "chat.completion.chunk",
    created: 1,
    model: "wire-model",
    choices: [{ index: 0, delta, finish_reason: finish }],
    ...more,
  });
export const anthropicEvent = named;

export const formats: WireFormat[] = [
  {
    kind: "anthropic",
    path: "/v1/messages",
    basePath: "",
    events: [
      named({
        type: "message_start",
        message: {
          id: "msg_1",
          type: "message",
          role: "assistant",
          model: "wire-model",
          content: [],
          stop_reason: null,
          usage: {
            input_tokens: 10,
            cache_read_input_tokens: 3,
            cache_creation_input_tokens: 7,
            cache_creation: { ephemeral_5m_input_tokens: 7, ephemeral_1h_input_tokens: 0 },
            output_tokens: 1,
          },
        },
      }),
      named({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } }),
      named({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hello" } }),
      named({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text: " world" } }),
      named({ type: "content_block_stop", index: 0 }),
      named({
        type: "message_delta",
        delta: { stop_reason: "end_turn" },
        usage: {
          output_tokens: 5,
          output_tokens_details: { thinking_tokens: 2 },
          input_tokens: null,
          cache_read_input_tokens: null,
          cache_creation_input_tokens: null,
        },
      }),
      named({ type: "message_stop" }),
    ],
    errorEvent: (type) => named({ type: "error", error: { type, message: "told by the provider" } }),
    errorBody: {
      type: "error",
      error: { type: "overloaded_error", message: "told by the provider, key tenant-key-1" },
    },
  },
  {
    kind: "openai",
    path: "/v1/responses",
    basePath: "/v1",
    events: [
      named({ type: "response.created", response: responseBase, sequence_number: 0 }),
      named({
        type: "response.output_text.delta",
        item_id: "msg_1",
        output_index: 0,
        content_index: 0,
        delta: "Hello",
        sequence_number: 1,
      }),
      named({
        type: "response.output_text.delta",
        item_id: "msg_1",
        output_index: 0,
        content_index: 0,
        delta: " world",
        sequence_number: 2,
      }),
      named({ type: "response.output_item.done", output_index: 0, item: responsesMessage, sequence_number: 3 }),
      named({
        type: "response.completed",
        response: { ...responseBase, status: "completed", output: [responsesMessage], usage: responsesUsage },
        sequence_number: 4,
      }),
    ],
    errorEvent: (type) =>
      named({ type: "error", code: type, message: "told by the provider", param: null, sequence_number: 9 }),
    errorBody: { error: { type: "server_error", code: null, message: "told by the provider, key tenant-key-1" } },
  },
  {
    kind: "openai-compatible",
    path: "/v1/chat/completions",
    basePath: "/v1",
    events: [
      chunk({ role: "assistant", content: "" }),
      chunk({ content: "Hello" }),
      chunk({ content: " world" }),
      chunk({}, "stop"),
      plain({
        id: "c1",
        model: "wire-model",
        choices: [],
        usage: {
          prompt_tokens: 20,
          completion_tokens: 5,
          total_tokens: 25,
          prompt_tokens_details: { cached_tokens: 3, cache_write_tokens: 7 },
          completion_tokens_details: { reasoning_tokens: 2 },
        },
      }),
      "data: [DONE]\n\n",
    ],
    errorEvent: (type) => plain({ error: { type, message: "told by the provider" } }),
    errorBody: { error: { type: "server_error", message: "told by the provider, key tenant-key-1" } },
  },
];

export function accessTo(server: WireServer, format: WireFormat): ProviderAccess {
  return { kind: format.kind, provider: "acme", apiKey: "tenant-key-1", baseUrl: server.url + format.basePath };
}

export const question: ModelRequest = {
  modelId: "wire-model",
  ref: "acme:wire-model",
  system: "Be brief.",
  messages: [{ role: "user", parts: [{ type: "text", text: "Hi" }] }],
  tools: [],
  outputSchema: null,
  toolChoice: "auto",
  maxOutputTokens: 100,
};

export function callOptions(changes: Partial<CallOptions> = {}): CallOptions {
  return { signal: new AbortController().signal, timeoutMs: 10_000, idleTimeoutMs: 5000, fetch, ...changes };
}
