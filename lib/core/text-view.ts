/** From here (in the text) to there: an occurrence of a secret. */
export type Range = { start: number; end: number };

/** A stretch of a view: as it is in the text (`raw`), or one character that is escaped there (`%2F`, `\u002f`). */
type Segment = { at: number; start: number; end: number; raw: boolean };
/** A text as secrets are looked for in it, and where its characters come from. */
export type View = { text: string; segments: Segment[] };

/**
 * Lower case, with a form's `+` as the space that it may stand for. The result has the text's length, and each
 * character changes independently of those beside it. Unicode's lower case breaks this for two characters
 * (SpecialCasing.txt): U+0130 becomes two, and a sigma at a word's end becomes another letter.
 */
export function folded(text: string): string {
  return text.replaceAll("\u0130", "i").toLowerCase().replaceAll("\u03c2", "\u03c3").replaceAll("+", " ");
}

/** A text with nothing undone. */
export function plainView(text: string): View {
  return { text: folded(text), segments: [{ at: 0, start: 0, end: text.length, raw: true }] };
}

/**
 * Would `decodedView` show more than `plainView`? Line breaks count only after what may be a line of base64: otherwise
 * the view of any text of many short lines would cost several times what the rest does.
 */
export function hasEscapes(text: string): boolean {
  return /[%\\&]|\n(?<=[\w+/-]{16}\r?\n)/.test(text);
}

/** Where a stretch of a view is in the text. */
export function rangeOf({ segments }: View, from: number, to: number): Range {
  const first = segmentAt(segments, from);
  const last = segmentAt(segments, to - 1);
  return {
    start: first.raw ? first.start + (from - first.at) : first.start,
    end: last.raw ? last.start + (to - last.at) : last.end,
  };
}

/** The last segment that begins at or before an index of the view. */
function segmentAt(segments: Segment[], index: number): Segment {
  let [low, high] = [0, segments.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((segments[middle]?.at ?? 0) <= index) low = middle;
    else high = middle - 1;
  }
  return segments[low] as Segment;
}

/** HTML's names of the characters that secrets are made of. Those of letters and of anything beyond ASCII are not sought. */
const named: Record<string, string> = {
  ...{ quot: '"', apos: "'", amp: "&", lt: "<", gt: ">", nbsp: " ", sol: "/", bsol: "\\", plus: "+", equals: "=" },
  ...{ excl: "!", num: "#", dollar: "$", percnt: "%", lpar: "(", rpar: ")", ast: "*", midast: "*", comma: "," },
  ...{ period: ".", colon: ":", semi: ";", quest: "?", commat: "@", lsqb: "[", lbrack: "[", rsqb: "]", rbrack: "]" },
  ...{ hat: "^", lowbar: "_", underbar: "_", grave: "`", lcub: "{", lbrace: "{", rcub: "}", rbrace: "}" },
  ...{ verbar: "|", vert: "|", tab: "\t", newline: "\n" },
};
/** What stands between `&` and `;`. Leading zeros mean nothing, however many. */
const entityBody = `#0*\\d{1,7}|#x0*[0-9a-f]{1,6}|${Object.keys(named).join("|")}`;
const entity = new RegExp(`(?:amp;)*(${entityBody});`, "iy");
const special = new RegExp(`%(?=[0-9a-f]{2})|[\\\\\\t\\r\\n\\b\\f]|&(?=(?:amp;)*(?:${entityBody});)`, "gi");

/**
 * A text with its escapes undone: percent-encoding (of percent-encoding), JSON's (of JSON's), and HTML's (of HTML's).
 * What may have been lost or may mean two things is left out of both the text and the secret, so that all writings of a
 * secret give the same: backslashes, and line breaks and tabs in any form.
 */
export function decodedView(text: string): View {
  const segments: Segment[] = [];
  const pieces: string[] = [];
  let length = 0;
  const add = (piece: string, start: number, end: number, raw: boolean) => {
    if (piece === "") return;
    segments.push({ at: length, start, end, raw });
    pieces.push(piece);
    length += piece.length;
  };
  let done = (special.lastIndex = 0);
  for (let hit = special.exec(text); hit; hit = special.exec(text)) {
    const { value, end } = escapeAt(text, hit.index);
    add(text.slice(done, hit.index), done, hit.index, true);
    add(value, hit.index, end, false);
    special.lastIndex = done = end;
  }
  add(text.slice(done), done, text.length, true);
  return { text: folded(pieces.join("")), segments };
}

const dropped: ReadonlySet<string> = new Set(["\t", "\r", "\n", "\b", "\f", "\\"]);

/** What the escape at an index stands for, and where it ends. */
function escapeAt(text: string, index: number): { value: string; end: number } {
  if (text[index] === "&") return entityAt(text, index);
  let end = index;
  for (let next = behindBackslash(text, end); next > end; next = behindBackslash(text, end)) end = next;
  if (end === index) return text[index] === "%" ? percentAt(text, index) : { value: "", end: index + 1 };
  const unit = text[end] === "u" ? /^[0-9a-f]{4}$/i.exec(text.slice(end + 1, end + 5))?.[0] : undefined;
  if (unit !== undefined) return { value: kept(String.fromCharCode(Number.parseInt(unit, 16))), end: end + 5 };
  return { value: "", end: "nrtbf".includes(text[end] ?? "_") ? end + 1 : end };
}

/** One character as HTML writes it; the entity's own `&` may be an entity too (`&amp;quot;`). */
function entityAt(text: string, index: number): { value: string; end: number } {
  entity.lastIndex = index + 1;
  const [whole = "", body = ""] = entity.exec(text) ?? [];
  return { value: kept(entityValue(body.toLowerCase())), end: index + 1 + whole.length };
}

function entityValue(body: string): string {
  if (!body.startsWith("#")) return named[body] ?? "";
  const code = body.startsWith("#x") ? Number.parseInt(body.slice(2), 16) : Number(body.slice(1));
  return code <= 0x10ffff ? String.fromCodePoint(code) : "";
}

/** Where a backslash ends, written as such or as `%5C`; the index itself when there is none. */
function behindBackslash(text: string, index: number): number {
  if (text[index] === "\\") return index + 1;
  if (text[index] !== "%") return index;
  const { byte, end } = byteAt(text, index);
  return byte === 0x5c ? end : index;
}

/** One character in percent-encoded UTF-8; a byte that begins no character stays as it is written. */
function percentAt(text: string, index: number): { value: string; end: number } {
  let { byte, end } = byteAt(text, index);
  const first = { byte, end };
  if (byte < 0x80) return { value: kept(String.fromCharCode(byte)), end };
  const bytes = [byte];
  const size = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
  while (bytes.length < size && text[end] === "%" && hexAt(text, end + 1) >= 0) {
    ({ byte, end } = byteAt(text, end));
    bytes.push(byte);
  }
  const value = Buffer.from(bytes).toString("utf8");
  if (!value.includes("\ufffd")) return { value, end };
  return { value: `%${first.byte.toString(16)}`, end: first.end };
}

/** `%2F`, or encoded again: `%252F`, `%25252F`. */
function byteAt(text: string, index: number): { byte: number; end: number } {
  let at = index + 1;
  while (text.startsWith("25", at) && hexAt(text, at + 2) >= 0) at += 2;
  return { byte: hexAt(text, at), end: at + 2 };
}

/** The byte that two hexadecimal digits stand for; negative when they are not digits. */
function hexAt(text: string, at: number): number {
  return (digitOf(text.charCodeAt(at)) << 4) | digitOf(text.charCodeAt(at + 1));
}

/** -16 keeps the byte negative whichever of the two digits it stands for. */
function digitOf(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const letter = code | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -16;
}

function kept(character: string): string {
  return dropped.has(character) ? "" : character;
}
