import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "#/lib/launcher/paths.ts";
import type { Lock } from "./package-closure.ts";

/** What each package has of the checkout's own package.json. */
export function sharedManifest(): { version: string; license: string; type: "module" } {
  const { version, license } = readJson<{ version: string; license: string }>("package.json");
  return { version, license, type: "module" };
}

export function readLock(): Lock {
  return readJson<Lock>("package-lock.json");
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(join(repository, path), "utf8")) as T;
}
