import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { exclusively } from "./exclusive.mjs";
import { homeDirectory } from "./paths.ts";

/** Secrets that an installation without configuration makes for itself, once. */
export type GeneratedSecrets = {
  NEXTAUTH_SECRET: string;
  /** `id:base64key`, the form of the variable; 32 bytes. */
  REPRISE_MASTER_KEYS: string;
};

/** Reads `secrets.json` in the home, making it (mode 0600) the first time. */
export async function generatedSecrets(): Promise<GeneratedSecrets> {
  const path = join(homeDirectory(), "secrets.json");
  return exclusively(path, () => {
    if (existsSync(path)) return JSON.parse(readFileSync(path, "utf8")) as GeneratedSecrets;
    const secrets: GeneratedSecrets = {
      NEXTAUTH_SECRET: randomBytes(32).toString("base64url"),
      REPRISE_MASTER_KEYS: `k1:${randomBytes(32).toString("base64")}`,
    };
    writeFileSync(`${path}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
    renameSync(`${path}.new`, path);
    return secrets;
  });
}
