import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Json } from "#/lib/contract/json.ts";

const largestBody = 32 * 1024 * 1024;

/** The request's body could not be read as JSON; the message says why. */
export class UnreadableBody extends Error {}

/** The JSON body of a request, null for an empty one. Throws UnreadableBody above 32 MiB or when it is no JSON. */
export async function readJson(request: IncomingMessage): Promise<Json> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestBody) throw new UnreadableBody("the body is larger than 32 MiB");
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString("utf8");
  if (text === "") return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new UnreadableBody("the body is not valid JSON");
  }
}

/** Ends the response with a JSON body; does nothing when the client has gone. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  if (response.destroyed) return;
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}

export type Listening = { url: string; port: number; close(): Promise<void> };

/** Serves on 127.0.0.1; port 0 takes any free one. Rejects when the port is taken. `close` ends open connections too. */
export async function listen(handle: RequestListener, port = 0): Promise<Listening> {
  const server = createServer(handle);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const taken = (server.address() as AddressInfo).port;
  return { url: `http://127.0.0.1:${taken}`, port: taken, close: () => close(server) };
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** The port of a demo process from PORT, 0 (any) when unset. Throws a line that names the variable. */
export function portFromEnv(value: string | undefined): number {
  const port = Number(value ?? 0);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error("PORT must be a port number, or 0 for any free one");
  return port;
}

/** Announces a started process the way the launcher waits for, and closes it on SIGINT and SIGTERM. */
export function announce(started: Listening): void {
  process.stdout.write(`listening ${started.url}\n`);
  const stop = () => void started.close().then(() => process.exit(0));
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
}
