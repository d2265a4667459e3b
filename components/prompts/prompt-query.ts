import type { SearchParams } from "#/components/shell/list-pages.ts";
import { contentHashPattern } from "#/lib/contract/prompt.ts";

/** Revisions on one page of an artifact's list. */
export const revisionsPerPage = 50;

/**
 * What the address of a prompt's page holds: the revision on screen and the one it is compared with by their hashes, and
 * the revision number before which the list starts.
 */
export type PromptQuery = { revision: string | null; against: string | null; before: number | null };

/** Reads the address; what cannot be understood is left out. Pure. */
export function parsePromptQuery(params: SearchParams): PromptQuery {
  const one = (name: string) => [params[name]].flat()[0] ?? "";
  const hash = (name: string) => (contentHashPattern.test(one(name)) ? one(name) : null);
  return {
    revision: hash("revision"),
    against: hash("against"),
    before: /^[1-9]\d{0,8}$/.test(one("before")) ? Number(one("before")) : null,
  };
}

/** The address's search part with its `?`, defaults left out; the inverse of reading it. Pure. */
export function promptSearch({ revision, against, before }: PromptQuery): string {
  const search = new URLSearchParams();
  if (revision !== null) search.set("revision", revision);
  if (against !== null) search.set("against", against);
  if (before !== null) search.set("before", String(before));
  return search.size === 0 ? "" : `?${search}`;
}
