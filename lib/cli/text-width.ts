const zeroWide = /^(?:\p{Mn}|\p{Me}|\u200d|[\ufe00-\ufe0f])$/u;
const twoWide =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]$/u;

/** Columns that a terminal uses for the text. */
export function textWidth(text: string): number {
  let width = 0;
  for (const char of text) width += charWidth(char);
  return width;
}

/** The text in at most this many columns, cut off with an ellipsis. */
export function fitText(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let fitting = "";
  let used = 1;
  for (const char of text) {
    used += charWidth(char);
    if (used > width) break;
    fitting += char;
  }
  return `${fitting}…`;
}

/** Pads the text to this many columns. */
export function padText(text: string, width: number, side: "left" | "right"): string {
  const padding = " ".repeat(Math.max(0, width - textWidth(text)));
  return side === "left" ? text + padding : padding + text;
}

function charWidth(char: string): number {
  if (char < "\u0300") return 1;
  return zeroWide.test(char) ? 0 : twoWide.test(char) ? 2 : 1;
}
