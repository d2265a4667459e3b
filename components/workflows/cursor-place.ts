import { isMap, isPair, isScalar, isSeq, type Node, type Scalar, visit } from "yaml";
import { type PathPart, readDocument } from "./definition-document.ts";

/** Where the cursor is in a definition: the data around it, and what has been typed there. */
export type CursorPlace = {
  /** `key`: a name of the object at `path`; `value`: the value at `path`. */
  kind: "key" | "value";
  path: PathPart[];
  /** The text of the key or value up to the cursor. */
  typed: string;
  /** The keys that the object at `path` has already. */
  taken: string[];
  /** A value on a line of its own may become the first key of an object. */
  mayBeKey: boolean;
  /** It is written in quotes, so nothing needs to be added to it. */
  isQuoted: boolean;
  /** The whole definition as data, what is being typed left out. */
  data: unknown;
};

/** In Unicode's private use area: no definition has it. */
const mark = "\uE000";

/**
 * What stands at an offset of a definition that is being written, however unfinished; null where nothing can be said. Pure;
 * reads the whole text.
 */
export function cursorPlace(text: string, offset: number): CursorPlace | null {
  const document = readDocument(`${text.slice(0, offset)}${mark}${text.slice(offset)}`);
  let found: { scalar: Scalar; key: unknown; ancestors: readonly unknown[] } | null = null;
  visit(document, {
    Scalar(key, scalar, ancestors) {
      if (!String(scalar.value).includes(mark)) return undefined;
      found = { scalar, key, ancestors };
      return visit.BREAK;
    },
  });
  if (!found) return null;
  const { scalar, key, ancestors } = found as { scalar: Scalar; key: unknown; ancestors: readonly unknown[] };
  const path = pathOf(ancestors, scalar);
  const isKey = key === "key";
  const around = ancestors.findLast(isMap);
  const typed = String(scalar.value).split(mark)[0] ?? "";
  const line = text.slice(text.lastIndexOf("\n", offset - 1) + 1, offset);
  return {
    kind: isKey ? "key" : "value",
    path: isKey ? path.slice(0, -1) : path,
    typed,
    taken: isKey && around ? keysOf(around).filter((name) => !name.includes(mark)) : [],
    mayBeKey: !isKey && /^[\s-]*[\w-]*$/.test(line),
    isQuoted: scalar.type === "QUOTE_DOUBLE" || scalar.type === "QUOTE_SINGLE",
    data: document.errors.some(({ message }) => message.includes("call stack")) ? null : dataOf(document),
  };
}

function pathOf(ancestors: readonly unknown[], scalar: Scalar): PathPart[] {
  const line = [...ancestors, scalar];
  return line.flatMap((holder, at): PathPart[] => {
    if (isPair(holder)) return [isScalar(holder.key) ? String(holder.key.value) : ""];
    if (isSeq(holder)) return [holder.items.indexOf(line[at + 1] as Node)];
    return [];
  });
}

function keysOf(map: { items: { key: unknown }[] }): string[] {
  return map.items.map(({ key }) => (isScalar(key) ? String(key.value) : ""));
}

function dataOf(document: ReturnType<typeof readDocument>): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch {
    return null;
  }
}
