export type Lock = { packages: Record<string, LockedPackage> };
type LockedPackage = {
  version?: string;
  license?: string;
  dev?: boolean;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
};

/**
 * The folders (as package-lock.json names them, `node_modules/a/node_modules/b`) of these packages and of all that they need,
 * found as Node does: the nearest node_modules first. What is optional or a peer counts when it is installed.
 */
export function packageClosure(lock: Lock, names: string[]): string[] {
  const found = new Set<string>();
  const visit = (name: string, from: string) => {
    const folder = resolved(lock, name, from);
    if (folder === null || found.has(folder)) return;
    found.add(folder);
    const { dependencies, optionalDependencies, peerDependencies } = lock.packages[folder] ?? {};
    for (const needed of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }))
      visit(needed, folder);
  };
  for (const name of names) visit(name, "");
  return [...found].sort();
}

function resolved(lock: Lock, name: string, from: string): string | null {
  for (let at = from; ;) {
    const folder = `${at === "" ? "" : `${at}/`}node_modules/${name}`;
    if (folder in lock.packages) return folder;
    if (at === "") return null;
    at = at.slice(0, Math.max(0, at.lastIndexOf("/node_modules/")));
  }
}
