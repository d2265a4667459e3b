import { inTransaction } from "#/db/transaction.ts";
import type { ProviderKind, ProviderView, PutProviderRequest } from "#/lib/contract/provider.ts";
import { invalidField, notFound } from "#/lib/core/errors.ts";
import { recordAudit } from "#/lib/tenancy/audit.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { closeCircuit, type OpenCircuit, openCircuits } from "./circuit-store.ts";
import { installationAccess, officialBaseUrls } from "./provider-access.ts";
import { deleteProviderRow, lockProvider, type ProviderRow, selectProviders, upsertProvider } from "./store.ts";

/** The providers that this workspace can call: its own, and the installation's where it has none of its own. */
export async function listProviders(ctx: Ctx): Promise<ProviderView[]> {
  authorize(ctx, "provider:read");
  const [rows, circuits] = await Promise.all([
    selectProviders(ctx.db, ctx.workspace.id),
    openCircuits(ctx.db, ctx.workspace.id),
  ]);
  const own = rows.map(ownView);
  const installed = (["anthropic", "openai"] as const).flatMap((provider) => {
    const access = own.some((view) => view.provider === provider) ? null : installationAccess(provider);
    return access ? [installedView(provider, access.baseUrl)] : [];
  });
  return [...own, ...installed]
    .map((view) => ({ ...view, down: downView(circuits.find(({ provider }) => provider === view.provider)) }))
    .sort((a, b) => (a.provider < b.provider ? -1 : 1));
}

export async function getProvider(ctx: Ctx, provider: string): Promise<ProviderView> {
  const found = (await listProviders(ctx)).find((view) => view.provider === provider);
  if (!found) throw notFound("Provider");
  return found;
}

/**
 * Sets a workspace's own access to a provider. The key is sealed and never given out. Throws validation_failed naming
 * `apiKey` for a new provider without one and for a changed address without one (a key goes only where its owner meant
 * it to go), `baseUrl` for a compatible server without an address.
 */
export async function putProvider(ctx: Ctx, provider: string, request: PutProviderRequest): Promise<ProviderView> {
  authorize(ctx, "provider:write");
  const kind = kindOf(provider);
  const baseUrl = (request.baseUrl ?? defaultBaseUrl(kind))?.replace(/\/+$/, "");
  if (baseUrl === undefined)
    throw invalidField("body.baseUrl", "required: a provider that is not built in needs an address");
  return inTransaction(ctx.db, async (tx) => {
    const before = await lockProvider(tx, ctx.workspace.id, provider);
    if (request.apiKey === undefined) {
      if (!before) throw invalidField("body.apiKey", "required for a new provider");
      if (before.baseUrl !== baseUrl)
        throw invalidField(
          "body.apiKey",
          "required again: the address changed, and the key was entered for another one",
        );
      return getProvider({ ...ctx, db: tx }, provider);
    }
    await upsertProvider(tx, ctx.workspace.id, { provider, kind, baseUrl, apiKey: request.apiKey });
    // The address or the key is a new one: nobody knows yet whether it answers.
    await closeCircuit(tx, ctx.workspace.id, provider);
    const details = { change: before ? "replaced" : "set", baseUrl, before: before?.baseUrl ?? null };
    await recordAudit(ctx, tx, { action: "provider_key.changed", target: provider, details });
    return getProvider({ ...ctx, db: tx }, provider);
  });
}

/** Removes a workspace's own access; the installation's, if it has one, applies again from the next call on. */
export async function deleteProvider(ctx: Ctx, provider: string): Promise<void> {
  authorize(ctx, "provider:write");
  await inTransaction(ctx.db, async (tx) => {
    if (!(await deleteProviderRow(tx, ctx.workspace.id, provider))) throw notFound("Provider");
    await closeCircuit(tx, ctx.workspace.id, provider);
    await recordAudit(ctx, tx, { action: "provider_key.changed", target: provider, details: { change: "removed" } });
  });
}

/** The name decides the wire format: any but the two built-in ones is a server that speaks OpenAI's chat format. */
function kindOf(provider: string): ProviderKind {
  return provider === "anthropic" || provider === "openai" ? provider : "openai-compatible";
}

function defaultBaseUrl(kind: ProviderKind): string | undefined {
  return kind === "openai-compatible" ? undefined : officialBaseUrls[kind];
}

type AccessView = Omit<ProviderView, "down">;

function downView(circuit: OpenCircuit | undefined): ProviderView["down"] {
  if (!circuit) return null;
  const { openedAt, failures, lastError } = circuit;
  return { since: openedAt.toISOString(), failures, lastError };
}

function ownView({ provider, kind, baseUrl, updatedAt }: ProviderRow): AccessView {
  return { provider, kind, baseUrl, hasKey: true, origin: "workspace", updatedAt: updatedAt.toISOString() };
}

function installedView(provider: "anthropic" | "openai", baseUrl: string): AccessView {
  return { provider, kind: provider, baseUrl, hasKey: true, origin: "installation", updatedAt: null };
}
