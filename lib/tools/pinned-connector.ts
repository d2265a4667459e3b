import type { LookupFunction, Socket } from "node:net";
import { buildConnector } from "undici";
import { addressRefusal, literalAddress } from "./address-rules.ts";
import { allowedDestination } from "./egress-allow.ts";
import { GuardedFetchError } from "./fetch-error.ts";

export type ResolvedAddress = { address: string; family: 4 | 6 };
/** All addresses of a host name; rejects with a system error (`code: "ENOTFOUND"`) when there are none. */
export type Resolve = (hostname: string) => Promise<ResolvedAddress[]>;

const connectTimeoutMs = 10_000;

/**
 * A connector for undici that resolves a name once, refuses it when any of its addresses may not be reached, and
 * connects to exactly those addresses: the name server is never asked twice (DNS rebinding). TLS still verifies the
 * host name. Once connected, `beforeSend` decides whether the connection may still be used, and `onConnect` is called
 * before the first byte is sent.
 */
export function pinnedConnector(options: {
  allow: readonly string[] | "any";
  resolve: Resolve;
  beforeSend?: () => Promise<void>;
  onConnect: () => void;
}): buildConnector.connector {
  return (target, callback) => {
    const hostname =
      target.hostname.includes(":") && !target.hostname.startsWith("[") ? `[${target.hostname}]` : target.hostname;
    const url = new URL(`${target.protocol}//${hostname}${target.port ? `:${target.port}` : ""}`);
    pinAddresses(url, options).then(
      (pinned) => {
        const connect = buildConnector({
          allowH2: false,
          maxCachedSessions: 0,
          timeout: connectTimeoutMs,
          autoSelectFamily: true,
          lookup: lookupOf(pinned),
        } as buildConnector.BuildOptions);
        connect(target, (error, socket) => {
          if (error) return callback(error, null);
          const refusal = strayAddress(socket, pinned) ? refused(url, "connected elsewhere") : null;
          if (refusal) {
            socket.destroy();
            return callback(refusal, null);
          }
          const go = () => {
            options.onConnect();
            callback(null, socket);
          };
          if (!options.beforeSend) return go();
          options.beforeSend().then(go, (cause: Error) => {
            socket.destroy();
            callback(cause, null);
          });
        });
      },
      (error: Error) => callback(error, null),
    );
  };
}

/**
 * The addresses that a request to this URL may connect to. Throws GuardedFetchError "refused" when one of them is not
 * public and the operator's list does not open it.
 */
export async function pinAddresses(
  url: URL,
  options: { allow: readonly string[] | "any"; resolve: Resolve },
): Promise<ResolvedAddress[]> {
  const opened = options.allow === "any" ? "any" : allowedDestination(options.allow, url);
  const literal = literalAddress(url.hostname);
  const found: ResolvedAddress[] = literal
    ? [{ address: literal, family: literal.includes(":") ? 6 : 4 }]
    : await options.resolve(url.hostname).catch((error: unknown) => {
        throw isUnknownName(error) ? refused(url, nowhere) : error;
      });
  const usable = Array.isArray(opened) ? found.filter((item) => opened.includes(item.address)) : found;
  const bad =
    opened === null ? found.map((item) => addressRefusal(item.address)).find((why) => why !== null) : undefined;
  // The message must not reveal whether a name exists inside our network or not at all.
  if (bad !== undefined) throw refused(url, literal ? `its address is not public (${bad})` : nowhere);
  if (usable.length === 0) throw refused(url, nowhere);
  return usable;
}

const nowhere = "its host name leads to no address that may be reached";

function isUnknownName(error: unknown): boolean {
  return ["ENOTFOUND", "ENODATA"].includes(String((error as { code?: unknown } | null)?.code));
}

function refused(url: URL, why: string): GuardedFetchError {
  return new GuardedFetchError("refused", `Requests to ${url.origin} are refused: ${why}`);
}

function lookupOf(pinned: ResolvedAddress[]): LookupFunction {
  return (_hostname, options, callback) => {
    const first = pinned[0] as ResolvedAddress;
    if (options.all) callback(null, pinned);
    else callback(null, first.address, first.family);
  };
}

/** Belt and braces: the peer must be one of the pinned addresses (Node writes them canonically; compare as URLs do). */
function strayAddress(socket: Socket, pinned: ResolvedAddress[]): boolean {
  const peer = canonicalAddress(socket.remoteAddress ?? "");
  return !pinned.some((item) => canonicalAddress(item.address) === peer);
}

function canonicalAddress(address: string): string {
  return address.includes(":") ? (URL.parse(`http://[${address}]/`)?.hostname ?? address) : address;
}
