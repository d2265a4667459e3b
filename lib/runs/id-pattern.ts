/** The list shows the last four characters of an id; fewer would be found in too many. */
const shortestTail = 4;

/**
 * Patterns of `like` for a run's id: what it begins with, its tail, or both around the `…` between which the list shows
 * them. Pure.
 */
export function idPatterns(text: string): string[] {
  const [head = "", ...rest] = text
    .trim()
    .toLowerCase()
    .split(/…|\.\.\./)
    .map(escaped);
  if (rest.length > 0) return rest.length === 1 && rest[0] !== "" ? [`${head}%${rest[0]}`] : [`${head}%`];
  return head.length < shortestTail ? [`${head}%`] : [`${head}%`, `%${head}`];
}

function escaped(text: string): string {
  return text.replaceAll(/[\\%_]/g, (char) => `\\${char}`);
}
