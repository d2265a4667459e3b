/**
 * A step's path in another version: node ids stand at its start and after each `[i].`; what follows a slash (an agent's
 * turn, a tool's name) is no node. `mapped` gives the other version's id, or null for one that stays what it is.
 */
export function mappedStepKey(key: string, mapped: (nodeId: string) => string | null): string {
  const [path = "", ...inner] = key.split("/");
  const renamed = path.replaceAll(
    /(^|\]\.)([A-Za-z_][A-Za-z0-9_-]*)/g,
    (_all, before: string, id: string) => `${before}${mapped(id) ?? id}`,
  );
  return [renamed, ...inner].join("/");
}
