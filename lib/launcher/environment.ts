import { generatedSecrets } from "./secrets.ts";

export type EnvironmentOptions = {
  databaseUrl: string;
  /** The address browsers use, unless `NEXTAUTH_URL` names another. */
  webUrl?: string;
  /** Whether secrets that are not configured are taken from the generated ones. */
  useGeneratedSecrets: boolean;
};

/** The environment for our own processes: what the user has set (and not to nothing) wins over what we would choose. */
export async function processEnvironment(options: EnvironmentOptions): Promise<NodeJS.ProcessEnv> {
  const chosen: Record<string, string> = {
    ...(options.useGeneratedSecrets ? await generatedSecrets() : {}),
    ...(options.webUrl ? { NEXTAUTH_URL: options.webUrl } : {}),
  };
  const missing = Object.fromEntries(Object.entries(chosen).filter(([name]) => !process.env[name]));
  return {
    ...process.env,
    ...missing,
    NODE_ENV: "production",
    NEXT_TELEMETRY_DISABLED: "1",
    // Looking up names and checking passwords share these threads; tools/lookups.ts leaves half of them to the latter.
    UV_THREADPOOL_SIZE: process.env.UV_THREADPOOL_SIZE || "16",
    DATABASE_URL: options.databaseUrl,
  };
}

/** `PORT`, or the default. @throws {Error} when it is no port number */
export function configuredPort(fallback = 3000): number {
  const text = process.env.PORT || String(fallback);
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new Error(`PORT must be a port number between 1 and 65535, not "${text}"`);
}
