const largestMicros = Number.MAX_SAFE_INTEGER;

/**
 * Dollars as a person types them (`0.5`, `$1.20`) in micro-dollars, exactly: the digits are moved, not multiplied.
 * Null when the text is no amount that whole micro-dollars can hold.
 */
export function dollarsToMicros(text: string): number | null {
  const match = /^\$?\s*(\d{0,12})(?:\.(\d{0,6}))?$/.exec(text.trim());
  if (!match) return null;
  const [whole = "", fraction = ""] = [match[1], match[2]];
  if (whole === "" && fraction === "") return null;
  const micros = Number(`${whole}${fraction.padEnd(6, "0")}`);
  return micros <= largestMicros ? micros : null;
}
