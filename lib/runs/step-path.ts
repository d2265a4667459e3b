/** One node on the way to a step; `item` = the way leads into this item of the map that it is. */
export type Hop = { nodeId: string; item: number | null };

const hop = String.raw`[A-Za-z_][A-Za-z0-9_-]*(?:\[(?:0|[1-9]\d{0,5})\])?`;
const ownPath = new RegExp(String.raw`^${hop}(?:\.${hop})*$`);

/**
 * A step's path (`each[2].review/assess`) as its way in the run itself and, behind the first slash, what is inside of the
 * step that the way ends with: the path of a step of the run that it started. Pure.
 */
export function splitPath(path: string): { own: string; inside: string | null } {
  const slash = path.indexOf("/");
  return slash === -1 ? { own: path, inside: null } : { own: path.slice(0, slash), inside: path.slice(slash + 1) };
}

/** The way to a step or an item within one run; null for what cannot be one. Pure. */
export function hopsOf(own: string): Hop[] | null {
  if (!ownPath.test(own)) return null;
  const hops = own.split(".").map((text): Hop => {
    const [nodeId = "", item] = text.split("[");
    return { nodeId, item: item === undefined ? null : Number.parseInt(item, 10) };
  });
  return hops.slice(0, -1).every(({ item }) => item !== null) ? hops : null;
}

/** What is inside of the run that the step at `key` starts, when the path leads there; otherwise null. Pure. */
export function insideOf(path: string | null, key: string): string | null {
  return path?.startsWith(`${key}/`) === true ? path.slice(key.length + 1) : null;
}
