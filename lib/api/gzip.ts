/** Does the client take gzip? `gzip;q=0` says that it does not. */
export function acceptsGzip(request: Request): boolean {
  return (request.headers.get("accept-encoding") ?? "")
    .split(",")
    .map((part) =>
      part
        .trim()
        .toLowerCase()
        .split(/\s*;\s*/),
    )
    .some(([name, weight]) => (name === "gzip" || name === "*") && !/^q=0(\.0*)?$/.test(weight ?? ""));
}

/** Sends JSON that is stored compressed as it is. */
export function gzipJson(gzip: Uint8Array): Response {
  return new Response(new Uint8Array(gzip), {
    headers: { "content-type": "application/json", "content-encoding": "gzip", vary: "accept-encoding" },
  });
}
