/**
 * The path (`body.pairs.old`) of the first key that stands twice in one object of a JSON text, or null. JSON.parse keeps
 * the last of the two without a word (RFC 8259, section 4, leaves it open). `text` must be valid JSON; iterative.
 */
export function findDuplicateKey(text: string, at = "body"): string | null {
  const open: { path: string; keys: Set<string> | null; index: number }[] = [];
  let path = at;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
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
        if (top.keys.has(key)) return path;
        top.keys.add(key);
      }
      i = end;
    }
  }
  return null;
}

function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === "\\") i++;
    else if (text[i] === '"') return i;
  }
  return text.length;
}

/** In an object a string is a key when a colon follows. */
function isKey(text: string, end: number): boolean {
  let i = end + 1;
  while (text[i] === " " || text[i] === "\n" || text[i] === "\r" || text[i] === "\t") i++;
  return text[i] === ":";
}
