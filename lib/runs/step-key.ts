/**
 * A step's path in another version. Node ids are at its start and after each `[i].`; what follows a slash (an agent's
 * turn, a tool's name) is not a node. `mapped` gives the other version's id, or null for an id that stays the same.
 */
export function mappedStepKey(key: string, mapped: (nodeId: string) => string | null): string {
  const [path = "", ...inner] = key.split("/");
  const renamed = path.replaceAll(
    /(^|\]\.)([A-Za-z_][A-Za-z0-9_-]*)/g,
    (_all, before: string, id: string) => `${before}${mapped(id) ?? id}`,
  );
  return [renamed, ...inner].join("/");
}
