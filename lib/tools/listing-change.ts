import type { JsonObject } from "#/lib/contract/json.ts";
import { canonicalJson, contentHash } from "#/lib/core/hash.ts";

/** Names of tools: those that a server offers anew, differently, or no longer. */
export type ListingChange = { added: string[]; changed: string[]; removed: string[] };

/** A server may offer two thousand tools with long names, and each reading of it may change all of them. */
const mostNames = 100;

/**
 * A change of a server's tools as an audit row says it: the first hundred names of each kind. Where there are more, how
 * many there were, and a hash over all of them by which a list kept elsewhere can be checked. Pure.
 */
export function toldChange(change: ListingChange): JsonObject {
  const kinds = Object.entries(change);
  const told = Object.fromEntries(kinds.map(([kind, names]) => [kind, names.slice(0, mostNames)]));
  if (kinds.every(([, names]) => names.length <= mostNames)) return told;
  const counts = Object.fromEntries(kinds.map(([kind, names]) => [kind, names.length]));
  return { ...told, counts, contentHash: contentHash(canonicalJson(change)) };
}
