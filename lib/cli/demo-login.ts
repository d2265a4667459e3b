import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Profile } from "./config-file.ts";

/** The login of this checkout's demo, which the demo keeps in its home; null when there was no demo here. */
export function readDemoLogin(env: NodeJS.ProcessEnv): Profile | null {
  const home = resolve(env.REPRISE_HOME || join(import.meta.dirname, "../../.reprise"));
  const { apiKey, url } = readJson(join(home, "demo-login.json"));
  if (!apiKey) return null;
  // demo.json is there while the demo runs.
  return { apiKey, url: url ?? readJson(join(home, "demo.json")).url ?? `http://localhost:${env.PORT || 3000}` };
}

function readJson(path: string): { apiKey?: string; url?: string } {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as { apiKey?: string; url?: string };
  } catch {
    return {};
  }
}
