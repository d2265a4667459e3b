import type { DbHandle } from "#/db/client.ts";
import { env } from "#/lib/core/env.ts";
import type { ProviderAccess } from "./chat.ts";
import type { Circuit } from "./circuit.ts";
import { selectProviderAccess } from "./store.ts";

/** Whose access it is. The operator chose the installation's address; a workspace's needs the guarded fetch. */
export type ResolvedAccess = ProviderAccess & { origin: "installation" | "workspace" };

/** The addresses that providers publish. */
export const officialBaseUrls = {
  anthropic: "https://api.anthropic.com",
  openai: "https://api.openai.com/v1",
} as const;

/** The installation's own access to a provider, from the environment; null when it has none. */
export function installationAccess(provider: string): ProviderAccess | null {
  if (provider === "anthropic")
    return accessWith("anthropic", env("ANTHROPIC_API_KEY"), env("ANTHROPIC_BASE_URL") ?? officialBaseUrls.anthropic);
  if (provider === "openai")
    return accessWith("openai", env("OPENAI_API_KEY"), env("OPENAI_BASE_URL") ?? officialBaseUrls.openai);
  return null;
}

/** A workspace's own access wins over the installation's; null = the provider is not configured. */
export function resolveAccess(workspaceAccess: ProviderAccess | null, provider: string): ResolvedAccess | null {
  if (workspaceAccess?.provider === provider) return { ...workspaceAccess, origin: "workspace" };
  const access = installationAccess(provider);
  return access && { ...access, origin: "installation" };
}

/**
 * How this workspace reaches that provider now (null = not configured), and what it knows about a provider that failed
 * its calls (null = nothing: it works). The caller has been authorised.
 */
export async function accessFor(
  db: DbHandle,
  workspaceId: string,
  provider: string,
): Promise<{ access: ResolvedAccess | null; circuit: Circuit | null }> {
  const { access, circuit } = await selectProviderAccess(db, workspaceId, provider);
  return { access: resolveAccess(access, provider), circuit };
}

function accessWith(kind: "anthropic" | "openai", apiKey: string | undefined, baseUrl: string): ProviderAccess | null {
  return apiKey === undefined ? null : { kind, provider: kind, apiKey, baseUrl };
}
