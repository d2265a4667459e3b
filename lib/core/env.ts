import { z } from "zod";
import type { MasterKey } from "./secret-box.ts";

/** The only reader of process.env in lib/; a fault stops the process with one line that names the variable. */
const masterKeys = z.string().transform((text, ctx): MasterKey[] => {
  const keys = text.split(",").filter(Boolean).map(parseMasterKey);
  if (keys.length === 0 || keys.some((key) => key === null)) {
    ctx.addIssue({ code: "custom", message: "must be id:base64key,… with keys of 32 bytes" });
    return z.NEVER;
  }
  return keys as MasterKey[];
});

function parseMasterKey(part: string): MasterKey | null {
  const [id, key] = part.trim().split(":");
  const bytes = Buffer.from(key ?? "", "base64");
  return id && bytes.length === 32 ? { id, key: bytes } : null;
}

const hostPorts = z.string().transform((text, ctx) => {
  const parts = text
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean);
  if (parts.some((part) => !/^[^\s:]+(?::[^\s:]+)*:\d{1,5}$/.test(part)))
    ctx.addIssue({ code: "custom", message: "must be host:port,…" });
  return parts;
});

const listenAddress = z.string().transform((text, ctx) => {
  const [, host = "127.0.0.1", port] = /^(?:(.+):)?(\d{1,5})$/.exec(text) ?? [];
  if (port === undefined || Number(port) < 1 || Number(port) > 65_535) {
    ctx.addIssue({ code: "custom", message: "must be a port, or host:port" });
    return z.NEVER;
  }
  return { host, port: Number(port) };
});

const readers = {
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, "must be a postgres:// URL"),
  REPRISE_MASTER_KEYS: masterKeys,
  NEXTAUTH_SECRET: z.string().min(16, "must be at least 16 characters"),
  NEXTAUTH_URL: z.url("must be the address that browsers use"),
  REPRISE_WORKER_SLOTS: z.coerce.number("must be a whole number from 1 to 1000").int().min(1).max(1000).default(25),
  REPRISE_WORKER_PORT: listenAddress.optional(),
  REPRISE_METRICS_TOKEN: z.string().min(16, "must be at least 16 characters").optional(),
  REPRISE_EGRESS_ALLOW: hostPorts.default([]),
  REPRISE_LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
  REPRISE_LOG_FORMAT: z.enum(["json", "pretty"]).optional(),
  REPRISE_OFFLINE_PROVIDER: z.string().optional(),
  ANTHROPIC_API_KEY: z.string().optional(),
  ANTHROPIC_BASE_URL: z.url().optional(),
  OPENAI_API_KEY: z.string().optional(),
  OPENAI_BASE_URL: z.url().optional(),
  GITHUB_ID: z.string().optional(),
  GITHUB_SECRET: z.string().optional(),
  OIDC_ISSUER: z.url().optional(),
  OIDC_CLIENT_ID: z.string().optional(),
  OIDC_CLIENT_SECRET: z.string().optional(),
  OIDC_NAME: z.string().default("Single sign-on"),
};
type Readers = typeof readers;

/** The value of one variable, parsed; an empty one counts as unset. Throws with a line that names it when it is bad. */
export function env<Name extends keyof Readers>(name: Name): z.output<Readers[Name]> {
  const raw = process.env[name];
  const parsed = readers[name].safeParse(raw === "" ? undefined : raw);
  if (parsed.success) return parsed.data as z.output<Readers[Name]>;
  const issue = parsed.error.issues[0]?.message ?? "is not valid";
  throw new ConfigurationError(`${name} ${raw === undefined || raw === "" ? "is not set; it " : ""}${issue}`);
}

export class ConfigurationError extends Error {}

/** Reads all the named variables now, so that a process with a bad configuration stops at start. */
export function requireEnv(names: (keyof Readers)[]): void {
  for (const name of names) env(name);
}
