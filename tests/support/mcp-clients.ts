import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { Client as OlderClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as OlderTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

const name = { name: "tests", version: "1.0.0" };

// oxlint-disable-next-line typescript/no-explicit-any -- tests read answers of any shape, and a wrong guess fails them
type Any = any;
/** What the tests do with a client, whichever it is. Both check what a tool answers against its output schema. */
export type McpClient = {
  version: string | undefined;
  listTools(): Promise<Any[]>;
  callTool(name: string, args?: object): Promise<Any>;
  close(): Promise<void>;
};

/** The clients of the registry, of each generation: 2026-07-28, and 2025-11-25 as two packages speak it. */
export const generations = ["2026-07-28", "2025-11-25", "older package"] as const;
export type Generation = (typeof generations)[number];

/** A client that has found out about the server, and knows its tools. */
export async function mcpClient(url: string, key: string, generation: Generation = "2026-07-28"): Promise<McpClient> {
  const requestInit = { headers: { authorization: `Bearer ${key}` } };
  const address = new URL(`${url}/api/mcp`);
  if (generation === "older package") {
    const client = new OlderClient(name);
    await client.connect(new OlderTransport(address, { requestInit }) as Any);
    await client.listTools();
    return clientOf(client, undefined);
  }
  const client = new Client(name, generation === "2026-07-28" ? { versionNegotiation: { mode: "auto" } } : {});
  await client.connect(new StreamableHTTPClientTransport(address, { requestInit }));
  await client.listTools();
  return clientOf(client, client.getNegotiatedProtocolVersion());
}

function clientOf(client: Client | OlderClient, version: string | undefined): McpClient {
  return {
    version,
    listTools: async () => (await client.listTools()).tools,
    callTool: (tool, args = {}) => client.callTool({ name: tool, arguments: args as Any }),
    close: () => client.close(),
  };
}

/** One message as it is, without a client: the HTTP answer, and its JSON. */
export async function postMcp(
  url: string,
  key: string | null,
  message: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: Headers; body: Any; text: string }> {
  const response = await fetch(`${url}/api/mcp`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...headers,
    },
    body: typeof message === "string" ? message : JSON.stringify(message),
  });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get("content-type") ?? "");
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : null, text };
}
