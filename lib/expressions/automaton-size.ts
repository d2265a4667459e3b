/** How many states a Unicode class counts for: it becomes hundreds of ranges. */
const propertySize = 10;
/** RE2 refuses patterns that repeat more often, nested repetitions multiplied. */
const maxRepetitions = 1000;

/**
 * Upper estimate of the states of a pattern's automaton: one for each atom and operator, multiplied by the counted
 * repetitions around it, nested ones too. Invalid patterns get some number. Pure.
 */
export function automatonSize(pattern: string): number {
  const open = [{ size: 1, last: 0 }];
  const token =
    /\\[pP](?:\{[^}]*\}|.)|\\[\s\S]|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]|\{(\d+)(?:,(\d*))?\}|\(\?[^)(]*?[:>]|[\s\S]/gu;
  for (const [text, least, most] of pattern.matchAll(token)) {
    const group = open.at(-1) ?? { size: 0, last: 0 };
    if (text.startsWith("(")) open.push({ size: 0, last: 0 });
    else if (text === ")" && open.length > 1) {
      open.pop();
      add(open.at(-1) ?? group, group.size + 1);
    } else if (least !== undefined) {
      const times = Math.min(Number(most || least), maxRepetitions);
      group.size += group.last * Math.max(0, times - 1);
      group.last *= times;
    } else if (/^[*+?|]$/.test(text)) group.size += 1;
    else add(group, 1 + (text.match(/\\[pP]/g)?.length ?? 0) * propertySize);
  }
  return Math.min(
    open.reduce((sum, { size }) => sum + size, 0),
    1e9,
  );
}

function add(group: { size: number; last: number }, size: number): void {
  group.size += size;
  group.last = size;
}
