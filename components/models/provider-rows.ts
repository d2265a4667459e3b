import type { ModelView } from "#/lib/contract/model.ts";
import type { ProviderView } from "#/lib/contract/provider.ts";

/** Whose key a provider is called with; unknown to those who may not read it. */
export type ProviderAccess = "workspace" | "installation" | "none" | "unknown";

export type ProviderRow = {
  provider: string;
  /** A server that speaks OpenAI's format and is reached at an address that someone entered. */
  isCompatible: boolean;
  access: ProviderAccess;
  baseUrl: string | null;
  since: string | null;
  /** It does not answer this workspace's calls. */
  down: ProviderView["down"];
  /** Models of the catalogue that are not retired. */
  models: number;
};

/** Providers that can be called without an address of one's own. */
export const builtInProviders: readonly string[] = ["anthropic", "openai"];

/**
 * A row for each provider that has access, has models, or is built in, sorted by name. `views` is null for those who
 * may not read them. Pure.
 */
export function providerRows(views: readonly ProviderView[] | null, models: readonly ModelView[]): ProviderRow[] {
  const names = new Set([
    ...builtInProviders,
    ...models.map((model) => model.provider),
    ...(views ?? []).map((view) => view.provider),
  ]);
  return [...names].toSorted().map((provider) => {
    const view = views?.find((each) => each.provider === provider);
    return {
      provider,
      isCompatible: !builtInProviders.includes(provider),
      access: view?.origin ?? (views ? "none" : "unknown"),
      baseUrl: view?.baseUrl ?? null,
      since: view?.origin === "workspace" ? view.updatedAt : null,
      down: view?.down ?? null,
      models: models.filter((model) => model.provider === provider && !model.retired).length,
    };
  });
}

/** Who set each key last, from the audit log's rows, newest first. Pure. */
export function setBy(
  events: readonly { target: string | null; actor: { id: string | null } }[],
): Record<string, string | null> {
  const found = new Map<string, string | null>();
  for (const { target, actor } of events) if (target !== null && !found.has(target)) found.set(target, actor.id);
  return Object.fromEntries(found);
}
