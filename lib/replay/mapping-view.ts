import type { NodeMappingView } from "#/lib/contract/mapping.ts";
import type { MappingRow } from "./store.ts";

/** Turns a row into the contract's mapping; `workflow` is the slug, `names` holds names of members and keys by id. */
export function mappingView(row: MappingRow, workflow: string, names: Record<string, string>): NodeMappingView {
  return {
    id: row.id,
    workflow,
    from: row.fromVersion,
    to: row.toVersion,
    visibility: row.visibility,
    pairs: row.pairs,
    revision: row.revision,
    author: row.author,
    authorName: names[row.author] ?? null,
    updatedAt: row.updatedAt.toISOString(),
  };
}
