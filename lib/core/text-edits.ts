/** A piece of a text, and what it becomes. */
export type Edit = { find: string; replace: string };
export type EditFault = { path: string; message: string };

/** The most edits of one text, and the most characters of what they put in. */
const mostEdits = 50;
const mostCharacters = 200_000;

/**
 * The text with each edit made, one after the other; each must name a piece that stands there exactly once. Faults name
 * the edit (`edits[0].find`); then nothing is changed. Pure.
 */
export function applyEdits(text: string, edits: readonly Edit[]): { text: string } | { faults: EditFault[] } {
  if (edits.length > mostEdits) return fault("edits", `at most ${mostEdits} are made`);
  if (edits.reduce((sum, { replace }) => sum + replace.length, 0) > mostCharacters)
    return fault("edits", `they put in more than ${mostCharacters} characters`);
  let now = text;
  for (const [index, { find, replace }] of edits.entries()) {
    const path = `edits[${index}].find`;
    if (find === "") return fault(path, "is empty");
    const at = now.indexOf(find);
    if (at < 0) return fault(path, "does not stand in the text, letter for letter");
    if (now.indexOf(find, at + 1) >= 0)
      return fault(path, "stands more than once in the text: quote more of what is around it");
    now = now.slice(0, at) + replace + now.slice(at + find.length);
  }
  return { text: now };
}

function fault(path: string, message: string): { faults: EditFault[] } {
  return { faults: [{ path, message }] };
}
