/** A position in a list that is sorted by time and id: the last row that was shown. */
export type Position = { createdAt: string; id: string };

/** Which page of a list an address names: where it starts, and the starts of the pages before it, nearest last. */
export type PageAddress = { cursor: string | null; trail: string[] };
export type SearchParams = Record<string, string | string[] | undefined>;

const longestTrail = 12;

/** Reads an address; what cannot be understood is left out, so that an old link still shows a list. Pure. */
export function readPage(params: SearchParams): PageAddress {
  const cursor = [params["cursor"]].flat()[0] ?? "";
  const trail = [params["trail"]].flat()[0] ?? "";
  if (!decodePosition(cursor)) return { cursor: null, trail: [] };
  return { cursor, trail: trail.split("~").filter((each) => decodePosition(each)) };
}

/** The row after which the page starts; null for the first page. */
export function startOf(page: PageAddress): Position | null {
  return page.cursor === null ? null : decodePosition(page.cursor);
}

/**
 * Addresses of the pages beside this one, null where there is none. `filter` are the parameters that stay; `next` is the
 * position after this page. A trail that was cut leads back to the start. Pure.
 */
export function pageLinks(
  path: string,
  filter: URLSearchParams,
  page: PageAddress,
  next: Position | null,
): { previous: string | null; next: string | null } {
  const href = ({ cursor, trail }: PageAddress) => {
    const search = new URLSearchParams(filter);
    if (cursor !== null) search.set("cursor", cursor);
    if (cursor !== null && trail.length > 0) search.set("trail", trail.join("~"));
    return search.size === 0 ? path : `${path}?${search}`;
  };
  const walked = page.cursor === null ? [] : [...page.trail, page.cursor].slice(-longestTrail);
  return {
    previous: page.cursor === null ? null : href({ cursor: page.trail.at(-1) ?? null, trail: page.trail.slice(0, -1) }),
    next: next === null ? null : href({ cursor: encodePosition(next), trail: walked }),
  };
}

/** A position as short text: time in base 36, a dot, the id. */
export function encodePosition(position: Position): string {
  return `${Date.parse(position.createdAt).toString(36)}.${position.id}`;
}

/** The inverse; null for anything else. It opens nothing: a list is always read within the workspace. */
export function decodePosition(text: string): Position | null {
  const match = /^([0-9a-z]{1,9})\.([a-z]{1,10}_[0-9a-z]{1,60})$/.exec(text);
  if (!match?.[1] || !match[2]) return null;
  const time = new Date(Number.parseInt(match[1], 36));
  if (Number.isNaN(time.getTime()) || time.getUTCFullYear() > 9999) return null;
  return { createdAt: time.toISOString(), id: match[2] };
}

/** `1 key`, `20 keys`; on a list that has more pages `20 keys on this page`. Pure. */
export function countOnPage(
  rows: number,
  noun: string,
  links: { previous: string | null; next: string | null },
): string {
  const counted = `${rows} ${noun}${rows === 1 ? "" : "s"}`;
  return links.previous === null && links.next === null ? counted : `${counted} on this page`;
}
