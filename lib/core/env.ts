import { BlockList, isIP } from "node:net";
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

/** A number of proxies, or their addresses and networks. */
const trustedProxies = z.string().transform((text, ctx): { count: number } | { networks: BlockList } => {
  if (/^\d{1,2}$/.test(text.trim())) return { count: Number(text) };
  const networks = new BlockList();
  for (const part of text.split(",").map((each) => each.trim())) {
    const [address = "", bits] = part.split("/");
    const family = isIP(address);
    const most = family === 6 ? 128 : 32;
    if (family === 0 || (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= most))) {
      ctx.addIssue({ code: "custom", message: "must be a number of proxies, or address,network/bits,…" });
      return z.NEVER;
    }
    networks.addSubnet(address, bits === undefined ? most : Number(bits), family === 6 ? "ipv6" : "ipv4");
  }
  return { networks };
});

const readers = {
  REPRISE_ROLE: z.enum(["web", "worker", "all"], "must be web, worker or all").default("all"),
  PORT: z.coerce.number("must be a port number between 1 and 65535").int().min(1).max(65_535).default(3000),
  REPRISE_HOST: z.string().default("0.0.0.0"),
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, "must be a postgres:// URL"),
  REPRISE_MASTER_KEYS: masterKeys,
  NEXTAUTH_SECRET: z.string().min(16, "must be at least 16 characters"),
  NEXTAUTH_URL: z.url("must be the address that browsers use"),
  REPRISE_WORKER_SLOTS: z.coerce.number("must be a whole number from 1 to 1000").int().min(1).max(1000).default(25),
  REPRISE_WORKER_PORT: listenAddress.optional(),
  REPRISE_METRICS_TOKEN: z.string().min(16, "must be at least 16 characters").optional(),
  REPRISE_EGRESS_ALLOW: hostPorts.default([]),
  REPRISE_TRUSTED_PROXIES: trustedProxies.default({ count: 0 }),
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
