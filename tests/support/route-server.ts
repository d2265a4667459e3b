import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream as NodeStream } from "node:stream/web";
import type { Method } from "#/lib/api/operation.ts";
import { serveMcp } from "#/lib/mcp/serve-mcp.ts";
import { restApi } from "./rest.ts";

/** The REST API and the MCP server of this process on a real port (0: any free one), without the pages. */
export async function startRouteServer(port = 0): Promise<{ url: string; stop(): Promise<void> }> {
  const api = restApi();
  const server = createServer((request, response) => {
    void serve(api, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url, stop };
}

async function serve(api: ReturnType<typeof restApi>, request: IncomingMessage, response: ServerResponse) {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const { method, url = "", headers } = request;
  const sent = {
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    ...(body.length > 0 ? { body: new Uint8Array(body) } : {}),
  };
  const answer = url.startsWith("/api/mcp")
    ? await serveMcp(new Request(`http://${headers.host}${url}`, { method: method ?? "", body: null, ...sent }))
    : await api.send(method as Method, url.replace(/^\/api\/v1/, ""), sent);
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  if (answer.body === null) return response.end();
  await pipeline(Readable.fromWeb(answer.body as NodeStream), response);
}
