import { exclusively } from "./exclusive.mjs";
import { createServer } from "node:net";

/** Whether nobody listens on this TCP port, on any of this machine's addresses. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/**
 * The first free port at or after `first`. Callers start below 32768: above it a port may at any moment be
 * taken by someone's outgoing connection.
 */
export async function freePort(first: number): Promise<number> {
  for (let port = first; port < Math.min(first + 200, 65_536); port++) {
    if (await isPortFree(port)) return port;
  }
  throw new Error(`no free port at or after ${first}`);
}

/**
 * Starts something on the first free port at or after `first`. Until it has started no other process of ours looks for
 * a port, so two of them never choose the same one.
 */
export async function onFreePort<T>(first: number, start: (port: number) => Promise<T>): Promise<T> {
  return exclusively("reprise-free-port", async () => start(await freePort(first)));
}
