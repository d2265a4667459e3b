// Controls (C0, DEL, C1), characters that turn the direction of text, line separators, byte order marks, lone surrogates.
const unsafe =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const named: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\u001b": "\\x1b" };

/**
 * Text from outside (names, messages, outputs) as one line that cannot steer the terminal: what is not visible is
 * written as an escape.
 */
export function safeText(text: string): string {
  return text.replace(unsafe, (char) => named[char] ?? escapeOf(char));
}

/** The same JSON, safe to show: JSON itself leaves DEL, C1 and direction marks unescaped. */
export function safeJson(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, null, indent) ?? "null";
  return text.replace(unsafe, (char) => (char === "\n" ? char : escapeOf(char)));
}

function escapeOf(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
