import { isIP, type BlockList } from "node:net";
import type { IncomingMessage } from "node:http";
import { env } from "#/lib/core/env.ts";

/** Proxies that we trust about where a request comes from: how many are in front of us, or their networks. */
export type TrustedProxies = { count: number } | { networks: BlockList };

/**
 * Appends the address at the other end of the connection to X-Forwarded-For, as a proxy would: of that header
 * a client can set all but this last entry. Runs for each request, before Next reads it.
 */
export function noteConnection(request: IncomingMessage): void {
  const said = [request.headers["x-forwarded-for"] ?? []].flat();
  request.headers["x-forwarded-for"] = [...said, request.socket.remoteAddress ?? ""].join(", ");
}

/** The client's address, as far as the configured proxies (none unless REPRISE_TRUSTED_PROXIES says so) vouch for it. */
export function clientAddress(forwardedFor: string | null): string {
  return addressBehind(forwardedFor ?? "", env("REPRISE_TRUSTED_PROXIES"));
}

/**
 * The address that the outermost trusted proxy saw, "" when unknown. `forwardedFor` ends with the connection's own
 * address; each entry was written by the hop after it. Pure.
 */
export function addressBehind(forwardedFor: string, trusted: TrustedProxies): string {
  const entries = forwardedFor.split(",").map(plainAddress);
  let at = entries.length - 1;
  if ("count" in trusted) at = Math.max(0, at - trusted.count);
  else while (at > 0 && isIn(trusted.networks, entries[at] ?? "")) at -= 1;
  return (entries[at] ?? "").slice(0, 100);
}

function isIn(networks: BlockList, address: string): boolean {
  const family = isIP(address);
  return family !== 0 && networks.check(address, family === 6 ? "ipv6" : "ipv4");
}

/** Without the port that some proxies add, and an IPv4 address without its IPv6 form. */
function plainAddress(entry: string): string {
  const text = entry.trim();
  const [, bracketed] = /^\[([^\]]+)\](?::\d+)?$/.exec(text) ?? [];
  const [, v4] = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)(?::\d+)?$/i.exec(bracketed ?? text) ?? [];
  return v4 ?? bracketed ?? text;
}
