import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One request as it arrived; `aborted` when the caller hung up before the answer. */
type ToolRequest = {
  at: number;
  method: string;
  run: string;
  node: string;
  idempotencyKey: string | null;
  aborted: boolean;
};

export type ToolServer = {
  url: string;
  host: string;
  log: ToolRequest[];
  of(run: string): string[];
  /** Answers what is held, now and from now on. */
  release(): void;
  close(): Promise<void>;
};

/**
 * A tool that keeps a record outside of the database: `/any?run=…&node=…&ms=…` answers after `ms`, GET and POST alike,
 * and every request is logged when it arrives. With `ms=…,…` the n-th request of a node takes the n-th value; `ms=held`
 * is answered when the test says so.
 */
export async function startToolServer(): Promise<ToolServer> {
  const log: ToolRequest[] = [];
  let letGo = () => {};
  const released = new Promise<void>((resolve) => (letGo = resolve));
  const server = createServer((request, response) => answer(request, response, log, released));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    log,
    of: (run) => log.filter((request) => request.run === run).map((request) => request.node),
    release: letGo,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(request: IncomingMessage, response: ServerResponse, log: ToolRequest[], released: Promise<void>): void {
  const { searchParams } = new URL(request.url ?? "/", "http://tool");
  const key = request.headers["idempotency-key"];
  const entry: ToolRequest = {
    at: Date.now(),
    method: request.method ?? "",
    run: searchParams.get("run") ?? "",
    node: searchParams.get("node") ?? "",
    idempotencyKey: typeof key === "string" ? key : null,
    aborted: false,
  };
  const times = (searchParams.get("ms") ?? "0").split(",");
  const before = log.filter(({ run, node }) => run === entry.run && node === entry.node).length;
  log.push(entry);
  request.resume();
  const send = () => {
    if (!response.destroyed)
      response.setHeader("content-type", "application/json").end(JSON.stringify({ node: entry.node }));
  };
  const ms = times[Math.min(before, times.length - 1)];
  const timer = ms === "held" ? undefined : setTimeout(send, Number(ms));
  if (ms === "held") void released.then(send);
  response.on("close", () => {
    clearTimeout(timer);
    entry.aborted = !response.writableEnded;
  });
}
