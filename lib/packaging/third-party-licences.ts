import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "#/lib/launcher/paths.ts";
import type { Lock } from "./package-closure.ts";

const licenceFile = /^(licen[cs]e|copying|notice)([.-].*)?$/i;

/**
 * Name, version, licence and licence text of each package, as its folder has them. Packages with the same text share it.
 * A package without a text is listed with what its manifest says.
 */
export function thirdPartyLicences(lock: Lock, folders: string[]): string {
  const byText = new Map<string, Set<string>>();
  for (const folder of folders) {
    const text = textsIn(folder);
    const names = byText.get(text) ?? new Set();
    byText.set(text, names.add(titleOf(lock, folder)));
  }
  const parts = [...byText].map(([text, names]) => `${[...names].sort().join("\n")}\n\n${text}\n`);
  return `${header}\n\n${parts.join(`\n${"-".repeat(80)}\n\n`)}`;
}

const header = "What this folder holds of others, and under which terms.";

function titleOf(lock: Lock, folder: string): string {
  const { version = "", license } = lock.packages[folder] ?? {};
  const name = folder.slice(folder.lastIndexOf("node_modules/") + "node_modules/".length);
  return `${name} ${version} (${license ?? "see below"})`;
}

function textsIn(folder: string): string {
  const path = join(repository, folder);
  if (!existsSync(path)) return "";
  const files = readdirSync(path, { withFileTypes: true }).filter((e) => e.isFile() && licenceFile.test(e.name));
  const texts = files.map(({ name }) => readFileSync(join(path, name), "utf8").trim());
  return texts.length > 0 ? texts.join("\n\n") : "(The package has no licence text; its manifest names the licence.)";
}
