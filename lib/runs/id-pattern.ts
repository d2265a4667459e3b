/** The list shows the last four characters of an id; fewer would match too many runs. */
const shortestTail = 4;

/**
 * `like` patterns for part of a run's id: its beginning, its tail, or both with the `…` that the list shows between
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
