import type { Metadata } from "next";
import { AuditPage } from "#/components/audit/audit-page.tsx";
import { auditFilterOf, auditSearch, eventsPerPage, parseAuditQuery } from "#/components/audit/audit-query.ts";
import { pageLinks, type SearchParams, startOf } from "#/components/shell/list-pages.ts";
import { NoPermission } from "#/components/ui/no-permission.tsx";
import { pageContext } from "#/lib/auth/page-context.ts";
import { actorNames } from "#/lib/tenancy/actor-names.ts";
import { auditActions } from "#/lib/tenancy/audit.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { listApiKeys } from "#/lib/tenancy/list-api-keys.ts";
import { listAuditEvents } from "#/lib/tenancy/list-audit-events.ts";
import { listMembers } from "#/lib/tenancy/list-members.ts";
import { denialOf } from "#/lib/tenancy/permissions.ts";

export const metadata: Metadata = { title: "Audit log" };

type Props = { params: Promise<{ workspaceSlug: string }>; searchParams: Promise<SearchParams> };

export default async function AuditLogPage({ params, searchParams }: Props) {
  const ctx = await pageContext((await params).workspaceSlug);
  const denied = denialOf(ctx.actor, "audit:read");
  if (denied) return <NoPermission title="Audit log" because={denied} />;
  const query = parseAuditQuery(await searchParams);
  const filter = auditFilterOf(query, ctx.clock.now().getTime());
  const [{ data, next }, actors] = await Promise.all([
    listAuditEvents(ctx, { filter, limit: eventsPerPage, after: startOf(query.page) }),
    possibleActors(ctx),
  ]);
  return (
    <AuditPage
      workspaceSlug={ctx.workspace.slug}
      query={query}
      filter={filter}
      events={data}
      links={pageLinks(`/${ctx.workspace.slug}/audit-log`, auditSearch(query), query.page, next)}
      names={await actorNames(
        ctx,
        data.flatMap((event) => [event.actor.id, event.target]),
      )}
      choices={{ actions: [...auditActions], actors }}
    />
  );
}

/** The members and the newest keys, to filter by; any other id can be typed into the address. */
async function possibleActors(ctx: Ctx): Promise<{ id: string; name: string }[]> {
  const [members, keys] = await Promise.all([
    listMembers(ctx, { limit: 100, after: null }),
    listApiKeys(ctx, { limit: 50, after: null }),
  ]);
  return [
    ...members.data.map(({ id, name, email }) => ({ id, name: `${name} (${email})` })),
    ...keys.data.map(({ id, name }) => ({ id, name: `${name} (API key)` })),
  ];
}
