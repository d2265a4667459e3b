import type { IncomingMessage, ServerResponse } from "node:http";
import { createMcpHandler, McpServer, type McpRequestContext } from "@modelcontextprotocol/server";
import { z } from "zod";
import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { listen, sendJson } from "#/lib/demo/json-http.ts";

export type Generation = "2025-11-25" | "2026-07-28" | "both";
/** One JSON-RPC request as the server saw it. */
type McpRequest = { method: string; params: JsonObject; headers: Record<string, string> };
export type McpTestServer = Awaited<ReturnType<typeof startMcpServer>>;

/**
 * A real MCP server over streamable HTTP, of one protocol generation or both. It remembers every request; what its
 * tools say about themselves can be changed while it runs, and it can be made to break off or fail.
 */
export async function startMcpServer(generation: Generation = "both") {
  const requests: McpRequest[] = [];
  const state = {
    balanceHint: true as boolean | undefined,
    balanceText: "Reads a balance",
    breakCalls: false,
    /** The balance as it stands in the answer's text: a number that JavaScript cannot write itself. */
    balance: "12",
    status: 0,
    /** Runs before the tools are listed; where it gives a number other than 0, that is the status to answer with. */
    onList: null as (() => Promise<unknown>) | null,
    /** Runs when a tool is called and gives the status to answer with, 0 for what the tool says. */
    onCall: null as (() => Promise<number>) | null,
  };
  const handler = createMcpHandler((context) => bankServer(context, state), {
    legacy: generation === "2026-07-28" ? "reject" : "stateless",
  });
  const listening = await listen((request, response) => void answer(request, response));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString("utf8");
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const message = text === "" ? {} : (JSON.parse(text) as { method?: string; params?: JsonObject; id?: Json });
    if (message.method) requests.push({ method: message.method, params: message.params ?? {}, headers });
    const listed = message.method === "tools/list" ? await state.onList?.() : 0;
    const called = message.method === "tools/call" ? await state.onCall?.() : 0;
    const status = (typeof listed === "number" && listed) || called || state.status;
    if (status !== 0) return sendJson(response, status, { error: "not now" });
    if (message.method === "tools/call" && state.breakCalls) return void response.destroy();
    if (generation === "2025-11-25" && message.method === "server/discover")
      return sendJson(response, 400, {
        jsonrpc: "2.0",
        id: message.id ?? null,
        error: { code: -32000, message: "Bad Request: Server not initialized" },
      });
    const url = `http://${request.headers.host ?? "localhost"}${request.url ?? "/"}`;
    const body = text === "" ? null : text;
    const answered = await handler.fetch(new Request(url, { method: request.method ?? "GET", headers, body }));
    response.writeHead(answered.status, Object.fromEntries(answered.headers));
    if (answered.body)
      for await (const chunk of answered.body)
        response.write(
          Buffer.from(chunk as Uint8Array)
            .toString("utf8")
            .replaceAll('"balance":12', `"balance":${state.balance}`),
        );
    response.end();
  }

  return {
    ...listening,
    url: `${listening.url}/mcp`,
    host: new URL(listening.url).host,
    requests,
    state,
    /** Arguments of the calls of a tool since the last `forget`. */
    calls: (tool: string) =>
      requests
        .filter(({ method, params }) => method === "tools/call" && params.name === tool)
        .map(({ params }) => params),
    forget: () => void (requests.length = 0),
  };
}

function bankServer(
  { requestInfo }: McpRequestContext,
  state: { balanceHint: boolean | undefined; balanceText: string },
): McpServer {
  const server = new McpServer({ name: "bank", version: "1.0.0" });
  const text = (value: string) => ({ content: [{ type: "text" as const, text: value }] });
  const headers = () => JSON.stringify(Object.fromEntries(requestInfo?.headers ?? []));
  server.registerTool(
    "read_balance",
    {
      description: state.balanceText,
      inputSchema: z.object({ account: z.string() }),
      outputSchema: z.object({ account: z.string(), balance: z.number() }),
      ...(state.balanceHint === undefined ? {} : { annotations: { readOnlyHint: state.balanceHint } }),
    },
    async ({ account }) => ({ ...text(`${account}: 12`), structuredContent: { account, balance: 12 } }),
  );
  server.registerTool(
    "send_money",
    {
      description: "Sends money",
      // The newer generation refuses a call whose header `mcp-param-account` does not repeat the account.
      inputSchema: z.object({ account: z.string().meta({ "x-mcp-header": "Account" }), cents: z.number() }),
      outputSchema: z.object({ transfer: z.string(), cents: z.number() }),
    },
    async ({ account, cents }) => ({ ...text("sent"), structuredContent: { transfer: `to ${account}`, cents } }),
  );
  server.registerTool(
    "echo_headers",
    { description: "Gives its request's headers back", annotations: { readOnlyHint: true } },
    async () => text(headers()),
  );
  server.registerTool("fail", { description: "Fails", annotations: { readOnlyHint: true } }, async () => ({
    ...text(`no: ${headers()}`),
    isError: true,
  }));
  return server;
}
