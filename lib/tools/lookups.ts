import { lookup } from "node:dns/promises";
import { Slots } from "#/lib/core/slots.ts";
import type { Resolve } from "./pinned-connector.ts";

/** Most names looked up at once, out of the 16 threads that a process has for lookups and for checking passwords. */
const mostAtOnce = 8;

/**
 * Asks the system's resolver, which blocks a thread for as long as a name server is silent. It never takes more than
 * half of the threads, so that slow names delay other names but nobody's sign-in.
 */
export const systemResolve: Resolve = atMost(mostAtOnce, async (hostname) => {
  const found = await lookup(hostname, { all: true });
  return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
});

/** `resolve` with at most `most` lookups under way; further ones wait in order. */
export function atMost(most: number, resolve: Resolve): Resolve {
  const slots = new Slots(most);
  return (hostname) => slots.hold(() => resolve(hostname));
}
