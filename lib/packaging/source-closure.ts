import { relative } from "node:path";
import { rolldown } from "rolldown";
import { repository } from "#/lib/launcher/paths.ts";

export type SourceClosure = {
  /** Paths in the checkout, the entries included. */
  files: string[];
  /** Names of the packages that they import. */
  packages: string[];
};

/** What a process that starts at one of these files may load, found by following imports; types are not followed. */
export async function sourceClosure(entries: string[]): Promise<SourceClosure> {
  const packages = new Set<string>();
  const graph = await rolldown({
    cwd: repository,
    input: entries,
    platform: "node",
    // A file that a bundler would leave out is still asked for by whoever imports it.
    treeshake: false,
    external: (specifier) => {
      if (/^([#./]|\0)/.test(specifier)) return false;
      if (!specifier.startsWith("node:")) packages.add(packageOf(specifier));
      return true;
    },
  });
  const { output } = await graph.generate({ format: "esm" });
  await graph.close();
  const ids = output.flatMap((part) => (part.type === "chunk" ? part.moduleIds : []));
  const files = ids.filter((id) => !id.startsWith("\0")).map((id) => relative(repository, id));
  return { files: [...new Set(files)].sort(), packages: [...packages].sort() };
}

/** `drizzle-orm/pg-core` → `drizzle-orm`, `@scope/name/part` → `@scope/name`. */
function packageOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}
