import { cpSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The skills that come with the command line, each a folder with a SKILL.md (docs/agents). */
const shipped = join(import.meta.dirname, "../../docs/agents");

export type Skill = { name: string; description: string };

/** What each skill is for, as its front matter says. */
export function listSkills(): Skill[] {
  return readdirSync(shipped, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({ name, description: descriptionOf(readFileSync(join(shipped, name, "SKILL.md"), "utf8")) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function descriptionOf(text: string): string {
  return /^description: (.*)$/m.exec(text)?.[1] ?? "";
}

/**
 * Copies a skill below `folder`, over an older copy. Returns the file's path, and whether there was another text before.
 */
export function installSkill(name: string, folder: string): { path: string; changed: "created" | "updated" | "same" } {
  const [from, path] = [join(shipped, name), join(folder, name, "SKILL.md")];
  const before = existsSync(path) ? readFileSync(path, "utf8") : null;
  cpSync(from, join(folder, name), { recursive: true });
  const after = readFileSync(path, "utf8");
  return { path, changed: before === null ? "created" : before === after ? "same" : "updated" };
}
