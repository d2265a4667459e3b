import { GuardedFetchError, requestLabel } from "./fetch-error.ts";

/** One request in a chain of redirects. Bodies are bytes, so that a 307 can send them again. */
export type Hop = { url: URL; method: string; headers: Headers; body: Uint8Array<ArrayBuffer> | null };

export const maxRedirects = 5;
const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * The only headers that follow to another origin. This lists what may pass, since any header may be a secret
 * (`X-Shop-Token`) and a list of secrets is never complete.
 */
const portableHeaders: ReadonlySet<string> = new Set([
  "accept",
  "accept-language",
  "content-type",
  "user-agent",
  "idempotency-key",
]);

/** The URL that a response redirects to, or null when it does not. Throws "refused" when the address is not a URL. */
export function redirectTarget(hop: Hop, status: number, location: string | null): URL | null {
  if (!redirectStatuses.has(status) || location === null) return null;
  const target = URL.parse(location, hop.url);
  if (!target)
    throw new GuardedFetchError(
      "refused",
      `${requestLabel(hop.method, hop.url)} redirects to an address that is not a URL`,
    );
  return target;
}

/**
 * The request that follows a redirect. Method and body follow the Fetch standard (303, and 301/302 after POST, become
 * GET); to another origin it takes only portable headers that are not marked secret. Throws "refused" when a body
 * marked secret would go to another origin.
 */
export function nextHop(
  hop: Hop,
  status: number,
  target: URL,
  secrets: { headers: readonly string[]; body: boolean },
): Hop {
  const becomesGet =
    (status === 303 && hop.method !== "GET" && hop.method !== "HEAD") || (status < 303 && hop.method === "POST");
  const body = becomesGet ? null : hop.body;
  const headers = new Headers(hop.headers);
  if (becomesGet)
    for (const name of ["content-type", "content-encoding", "content-language", "content-location"])
      headers.delete(name);
  if (target.origin !== hop.url.origin) {
    if (body && secrets.body)
      throw new GuardedFetchError(
        "refused",
        `${requestLabel(hop.method, hop.url)} redirects a body with secrets to another origin`,
      );
    const marked = new Set(secrets.headers.map((name) => name.toLowerCase()));
    for (const name of [...headers.keys()]) if (!portableHeaders.has(name) || marked.has(name)) headers.delete(name);
  }
  return { url: target, method: becomesGet ? "GET" : hop.method, headers, body };
}
