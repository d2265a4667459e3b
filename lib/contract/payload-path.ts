/** The maximum number of payload fields in one filter. */
export const mostPayloadFilters = 3;
/** Paths and values longer than this (in UTF-16 units) are neither indexed nor searched. */
export const longestPayloadText = 256;
/** How many fields of a payload are indexed, level by level. */
export const mostPayloadFields = 256;

/** `payload.PATH`: the text that the scalar at PATH must be. */
export type PayloadFilter = { [field: `payload.${string}`]: string };

/** One condition: keys and item numbers from the payload's root, and the text of the scalar there. */
export type PayloadCondition = { path: string[]; value: string };

const prefix = "payload.";
const noPath = 'is no path: write keys and item numbers such as customer.id, items[0].sku or ["a.b"].c';

/**
 * The steps of a path: `customer.id`, `items[0].sku` (or `items.0.sku`), `["a.b"].c` for a key that has dots or brackets
 * (in brackets as a JSON string). Null for what is no path. Pure.
 */
export function payloadPath(text: string): string[] | null {
  const steps: string[] = [];
  const step = /\.?\[(?:(0|[1-9]\d{0,8})|("(?:[^"\\]|\\.)*"))\]|(\.?)([^.[\]"]+)/suy;
  while (step.lastIndex < text.length) {
    const isFirst = step.lastIndex === 0;
    const match = step.exec(text);
    if (!match) return null;
    const [whole, item, quoted, dot, key] = match;
    // A dot separates a bare key from what precedes it, and appears nowhere else.
    if (isFirst ? whole.startsWith(".") : key !== undefined && dot === "") return null;
    const name = item ?? key ?? keyOf(quoted ?? "");
    if (name === null) return null;
    steps.push(name);
  }
  return steps.length === 0 ? null : steps;
}

function keyOf(quoted: string): string | null {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return null;
  }
}

/** `PATH=VALUE`, as one text: the field of a filter and its value; null for anything else. Pure. */
export function payloadFilterOf(text: string): { field: `payload.${string}`; value: string } | null {
  // A quoted key is read in one way only: of two ways for each, a text of many would have more than can ever be tried.
  const match = /^((?:\["(?:[^"\\]|\\.)*"\]|(?!\[")[^=])+)=(.*)$/su.exec(text);
  if (!match?.[1] || match[2] === undefined) return null;
  const field: `payload.${string}` = `payload.${match[1]}`;
  return payloadFault(field, match[2]) === null ? { field, value: match[2] } : null;
}

/** The payload conditions of a filter. Pure. */
export function payloadConditions(filter: object): PayloadCondition[] {
  return Object.entries(filter).flatMap(([field, value]) => {
    const path = isPayloadField(field) ? payloadPath(field.slice(prefix.length)) : null;
    return path && typeof value === "string" ? [{ path, value }] : [];
  });
}

/** Whether the name means a field of the payload. */
export function isPayloadField(name: string): name is `payload.${string}` {
  return name.startsWith(prefix);
}

/** Why a payload field cannot be searched; null when it can. Pure. */
export function payloadFault(field: string, value: string): string | null {
  const path = field.slice(prefix.length);
  if (path.length > longestPayloadText) return `has a path longer than ${longestPayloadText} characters`;
  if (value.length > longestPayloadText) return `must be at most ${longestPayloadText} characters long`;
  return payloadPath(path) === null ? noPath : null;
}
