import type { IncomingMessage, ServerResponse } from "node:http";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { type Listening, listen, sendJson } from "#/lib/demo/json-http.ts";
import { type McpConversation, withMcpServer } from "#/lib/tools/mcp-client.ts";
import { type McpTestServer, startMcpServer } from "#/tests/support/mcp-server.ts";

type Message = { id?: Json; method?: string; params?: JsonObject };
/** What the server in front of the real one says itself; null = what the real one says, as `change` leaves it. */
type Trick = (message: Message, response: ServerResponse) => boolean;

let real: McpTestServer;
let front: Listening;
let trick: Trick;
let change: (text: string, message: Message) => string;
const methods: string[] = [];

beforeAll(async () => {
  real = await startMcpServer("2026-07-28");
  front = await listen((request, response) => void pass(request, response));
});
afterAll(() => Promise.all([front?.close(), real?.close()]));
beforeEach(() => {
  trick = () => false;
  change = (text) => text;
  methods.length = 0;
});

async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const message = (body.length > 0 ? JSON.parse(body.toString()) : {}) as Message;
  methods.push(message.method ?? "");
  if (trick(message, response)) return;
  const { host: _host, connection: _connection, "content-length": _length, ...headers } = request.headers;
  const method = request.method ?? "GET";
  const answer = await fetch(real.url, { method, headers: headers as Record<string, string>, body });
  response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "text/plain" });
  response.end(change(await answer.text(), message));
}

const readBalance = { name: "read_balance" };
const ask = <T>(work: (conversation: McpConversation) => Promise<T>) => {
  const way = { owner: "ws_bank", fetch, signal: new AbortController().signal, timeoutMs: 10_000 };
  return withMcpServer({ name: "bank", url: `${front.url}/mcp`, headers: {} }, way, "Asking bank", work);
};

test("a call that is refused for its headers is not sent again, and has no schema of the server compiled", async () => {
  trick = ({ id, method }, response) => {
    if (method !== "tools/call") return false;
    // "Headers do not match": by itself, the SDK lists the tools, compiles the schema of this one, and calls again.
    sendJson(response, 200, { jsonrpc: "2.0", id, error: { code: -32020, message: "header mismatch" } });
    return true;
  };
  change = (text, { method }) =>
    method === "tools/list"
      ? text.replaceAll('"account":{"type":"string"}', '"account":{"type":"string","pattern":"^(a+)+$"}')
      : text;
  const args = { account: `${"a".repeat(20)}!` };
  await expect(ask((conversation) => conversation.callTool(readBalance, args, null))).rejects.toMatchObject({
    code: "tool_failed",
    message: "Asking bank was refused: header mismatch",
    outcomeUnknown: false,
  });
  expect(methods.filter((method) => method.startsWith("tools/"))).toEqual(["tools/call"]);
});

test.each([
  ["in one list of tools", (text: string) => text.replace('"tools":[', `"x":[${"[],".repeat(200_000)}0],"tools":[`)],
  [
    "in all pages together",
    (text: string) =>
      text.replace('"tools":[', `"nextCursor":"${methods.length}","x":[${"[],".repeat(50_000)}0],"tools":[`),
  ],
])("more values than any answer may have are not parsed: %s", async (_where, hostile) => {
  change = (text, { method }) => (method === "tools/list" ? hostile(text) : text);
  await expect(ask((conversation) => conversation.listTools())).rejects.toMatchObject({
    code: "tool_failed",
    message: expect.stringContaining("too many values: at most 200000") as string,
  });
});

test.each(["\n\n", "\r\n\r\n", "\r\r", "\n\r\n", "\n\r", "\r\n\r", "\r\n\n"])(
  "an answer is looked at before it is parsed, however its event ends: %j",
  async (end) => {
    trick = ({ id, method }, response) => {
      if (method !== "tools/call") return false;
      response.writeHead(200, { "content-type": "text/event-stream" });
      const result = `{"content":[],"structuredContent":{"balance":9007199254740993}}`;
      response.write(`data: {"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${result}}${end}: more`);
      return true;
    };
    const args = { account: "a-1" };
    await expect(ask((conversation) => conversation.callTool(readBalance, args, null))).rejects.toMatchObject({
      message: expect.stringContaining("9007199254740993 cannot be kept exactly") as string,
    });
  },
);

test("of an answer that only says what went wrong, no more than its beginning is read", async () => {
  trick = ({ id, method }, response) => {
    if (method !== "tools/list") return false;
    response.writeHead(500, { "content-type": "application/json" });
    response.end(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"message":"broken","x":[${"[],".repeat(1_000_000)}0]}`);
    return true;
  };
  await expect(ask((conversation) => conversation.listTools())).rejects.toMatchObject({
    code: "tool_http_error",
    status: 500,
    retryable: true,
  });
});

test("a list of tools that is too large is refused while it is read, and so is one of too large definitions", async () => {
  const list = (pages: number, perPage: number, length: number) => {
    let page = 0;
    change = (text, { method }) => {
      if (method !== "tools/list") return text;
      page += 1;
      const tools = Array.from({ length: perPage }, (_, at) =>
        JSON.stringify({ name: `t${page}-${at}`, description: "d".repeat(length), inputSchema: { type: "object" } }),
      );
      const next = page < pages ? `"nextCursor":"${page}",` : "";
      return text.replace('"tools":[', `${next}"tools":[${tools.join(",")},`);
    };
    return ask((conversation) => conversation.listTools()).then(
      (found) => found.length,
      (error: { code: string }) => `${error.code} after ${page}`,
    );
  };
  expect(await list(1, 30, 100_000)).toBeGreaterThanOrEqual(30);
  expect(await list(1, 30, 200_000)).toBe("tool_failed after 1");
  expect(await list(9, 40, 200_000)).toBe("tool_failed after 2");
});
