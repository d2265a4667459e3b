import type { Metadata } from "next";
import { ApiKeysTable } from "#/components/api-keys/api-keys-table.tsx";
import { keyState } from "#/components/api-keys/key-form.ts";
import { pageLinks, readPage, type SearchParams, startOf } from "#/components/shell/list-pages.ts";
import { NoPermission } from "#/components/ui/no-permission.tsx";
import { env } from "#/lib/core/env.ts";
import { pageContext } from "#/lib/auth/page-context.ts";
import { actorNames } from "#/lib/tenancy/actor-names.ts";
import { listApiKeys } from "#/lib/tenancy/list-api-keys.ts";
import { denialOf } from "#/lib/tenancy/permissions.ts";
import { createApiKeyAction, revokeApiKeyAction } from "./actions.ts";

export const metadata: Metadata = { title: "API keys" };

type Props = { params: Promise<{ workspaceSlug: string }>; searchParams: Promise<SearchParams> };

export default async function ApiKeysPage({ params, searchParams }: Props) {
  const ctx = await pageContext((await params).workspaceSlug);
  const denied = denialOf(ctx.actor, "key:read");
  if (denied) return <NoPermission title="API keys" because={denied} />;
  const page = readPage(await searchParams);
  const { data, next } = await listApiKeys(ctx, { limit: 50, after: startOf(page) });
  const names = await actorNames(
    ctx,
    data.map(({ createdBy }) => createdBy),
  );
  const now = ctx.clock.now();
  return (
    <ApiKeysTable
      keys={data.map((key) => ({
        ...key,
        state: keyState(key, now),
        createdByName: key.createdBy === null ? null : (names[key.createdBy] ?? null),
      }))}
      links={pageLinks(`/${ctx.workspace.slug}/api-keys`, new URLSearchParams(), page, next)}
      mcpUrl={new URL("/api/mcp", env("NEXTAUTH_URL")).href}
      accountDenied={denialOf(ctx.actor, "account_policy:write")}
      actions={{ create: createApiKeyAction, revoke: revokeApiKeyAction }}
    />
  );
}
