import { literalAddress } from "./address-rules.ts";

/**
 * Decides whether the operator's list (REPRISE_EGRESS_ALLOW, `host:port` pairs) opens a destination that is not public.
 * The host is compared exactly as written in the URL. `localhost` and the loopback literals stand for one another, but
 * then only for exactly the address named. Returns "any" (the name itself is listed, wherever it resolves), the list of
 * loopback addresses that are open, or null.
 */
export function allowedDestination(allow: readonly string[], url: URL): "any" | string[] | null {
  const port = Number(url.port || (url.protocol === "https:" ? 443 : 80));
  const listed = allow.map(splitHostPort).filter((entry) => entry.port === port);
  if (listed.some((entry) => entry.host === url.hostname)) return "any";
  const literal = literalAddress(url.hostname);
  if (literal !== null)
    return loopbacks.has(literal) && listed.some((entry) => entry.host === "localhost") ? [literal] : null;
  if (url.hostname !== "localhost") return null;
  const open = listed.map((entry) => literalAddress(entry.host) ?? "").filter((address) => loopbacks.has(address));
  return open.length > 0 ? open : null;
}

const loopbacks: ReadonlySet<string> = new Set(["127.0.0.1", "::1"]);

/** Splits at the last colon and writes the host as WHATWG URLs do (lower case, brackets around IPv6). */
function splitHostPort(entry: string): { host: string; port: number } {
  const at = entry.lastIndexOf(":");
  const host = entry.slice(0, at);
  const bracketed = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
  const parsed = URL.parse(`http://${bracketed}/`);
  return { host: parsed?.hostname ?? host, port: Number(entry.slice(at + 1)) };
}
