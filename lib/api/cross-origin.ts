/**
 * Which pages of other origins may read the API's answers (Fetch standard, CORS): those that send an API key, which the
 * browser never adds by itself, so there is nothing to forge. A session's cookie never opens the API to another page: its
 * answers carry no CORS header, and credentials are allowed nowhere. See docs/decisions/0024-cross-origin.md.
 */

/** How long a browser may cache a preflight, in seconds (Chromium's maximum). */
const rememberedS = 7_200;

/** Our headers that a page may read, in addition to those it always may. */
const readable = "Idempotent-Replayed, Location, RateLimit, RateLimit-Policy, Request-Id, Retry-After, X-Should-Retry";

/** Whether this is a browser's preflight for a request with an API key. Pure. */
export function asksForKey(request: Request): boolean {
  const wanted = request.headers.get("access-control-request-headers") ?? "";
  const names = wanted.split(",").map((name) => name.trim().toLowerCase());
  return request.method === "OPTIONS" && request.headers.has("origin") && names.includes("authorization");
}

/** The answer to it: for any origin, never with cookies. `methods` are those of the API. Pure. */
export function keyAllowed(methods: readonly string[]): Record<string, string> {
  return {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": methods.join(", "),
    // "*" stands for every name but this one.
    "access-control-allow-headers": "Authorization, *",
    "access-control-max-age": String(rememberedS),
  };
}

/** What the answer to this request says to a page of another origin. Pure. */
export function crossOriginHeaders(request: Request): Record<string, string> {
  if (!request.headers.has("origin") || !request.headers.has("authorization")) return {};
  return { "access-control-allow-origin": "*", "access-control-expose-headers": readable };
}
