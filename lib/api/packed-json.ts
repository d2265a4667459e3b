const mediaType = "application/gzip";

/** Does the client ask for the stored bytes of a gzipped JSON document, which it unpacks itself? */
export function acceptsPacked(request: Request): boolean {
  return (request.headers.get("accept") ?? "").split(",").some((part) => part.split(";")[0]?.trim() === mediaType);
}

/**
 * Sends JSON that is stored compressed as it is. Not by content-encoding: Next drops that header from handlers and would
 * compress once more, so the packed form is a media type of its own that the viewer asks for.
 */
export function packedJson(gzip: Uint8Array): Response {
  return new Response(new Uint8Array(gzip), { headers: { "content-type": mediaType, vary: "accept" } });
}
