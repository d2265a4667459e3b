/** A key or a number in a JSON text; `path` as in `body.items[0].id`, `start` its first character. */
export type JsonPlace = {
  kind: "key" | "number";
  path: string;
  start: number;
  /** For a key: whether its object already has it. */
  isRepeated: boolean;
};

/** Every key and number of a JSON text, in order. `text` must be valid JSON; iterative: depth is the input's choice. */
export function* jsonPlaces(text: string, at: string): Generator<JsonPlace> {
  const open: { path: string; keys: Set<string> | null; index: number }[] = [];
  let path = at;
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? "";
    const top = open.at(-1);
    if (char === "{" || char === "[") {
      open.push({ path, keys: char === "{" ? new Set() : null, index: 0 });
      if (char === "[") path = `${path}[0]`;
    } else if (char === "}" || char === "]") {
      path = open.pop()?.path ?? at;
    } else if (char === "," && top && top.keys === null) {
      path = `${top.path}[${++top.index}]`;
    } else if (char === '"') {
      const end = endOfString(text, i);
      if (top?.keys && isKey(text, end)) {
        const key = JSON.parse(text.slice(i, end + 1)) as string;
        path = `${top.path}.${key}`;
        yield { kind: "key", path, start: i, isRepeated: top.keys.has(key) };
        top.keys.add(key);
      }
      i = end;
    } else if (isNumberStart(char)) {
      yield { kind: "number", path, start: i, isRepeated: false };
      while (isNumberPart(text[i + 1] ?? "")) i++;
    }
  }
}

/**
 * Where the string that begins at `start` ends: its closing quote, or the text's length. -1 for one that began before the
 * text; `isEscaped` then says that what stood there escapes the first character.
 */
export function endOfString(text: string, start: number, isEscaped = false): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1))
    if (!escapesNext(text, end, isEscaped)) return end;
  return text.length;
}

/** Whether the next character of a string that goes on behind this text is escaped; `isEscaped` as for endOfString. */
export function endsInEscape(text: string, isEscaped: boolean): boolean {
  return escapesNext(text, text.length, isEscaped);
}

/** Whether the backslashes before a place escape what stands there. */
function escapesNext(text: string, at: number, isEscaped: boolean): boolean {
  let slashes = 0;
  while (text[at - 1 - slashes] === "\\") slashes++;
  if (slashes === at && isEscaped) slashes++;
  return slashes % 2 === 1;
}

/** In an object a string is a key when a colon follows. */
function isKey(text: string, end: number): boolean {
  let i = end + 1;
  while (text[i] === " " || text[i] === "\n" || text[i] === "\r" || text[i] === "\t") i++;
  return text[i] === ":";
}

function isNumberStart(char: string): boolean {
  return char === "-" || (char >= "0" && char <= "9");
}

function isNumberPart(char: string): boolean {
  return isNumberStart(char) || char === "." || char === "e" || char === "E" || char === "+";
}
