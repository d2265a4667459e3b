import { jsonPlaces } from "#/lib/contract/json-places.ts";

/**
 * The path (`body.pairs.old`) of the first key that appears twice in one object of a JSON text, or null. JSON.parse keeps
 * the last of the two silently (RFC 8259, section 4, leaves it open). `text` must be valid JSON; iterative.
 */
export function findDuplicateKey(text: string, at = "body"): string | null {
  for (const place of jsonPlaces(text, at)) if (place.isRepeated) return place.path;
  return null;
}
