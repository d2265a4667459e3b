import { type ExportFormat, exportFormats, exportText } from "#/components/audit/audit-export.ts";
import { auditFilterOf, parseAuditQuery } from "#/components/audit/audit-query.ts";
import { pageContext } from "#/lib/auth/page-context.ts";
import { denialOf } from "#/lib/tenancy/permissions.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import type { After } from "#/lib/tenancy/keyset.ts";
import { listAuditEvents } from "#/lib/tenancy/list-audit-events.ts";

const eventsAtOnce = 500;

/** The audit log as a file, all that matches the page's filters; read as fast as it is taken. */
export async function GET(request: Request, { params }: { params: Promise<{ workspaceSlug: string }> }) {
  const ctx = await pageContext((await params).workspaceSlug);
  const denied = denialOf(ctx.actor, "audit:read");
  if (denied) return new Response(denied, { status: 403 });
  const search = new URL(request.url).searchParams;
  const format = exportFormats.find((known) => known === search.get("format")) ?? "csv";
  const now = ctx.clock.now();
  const filter = auditFilterOf(parseAuditQuery(Object.fromEntries(search)), now.getTime());
  const name = `audit-log-${ctx.workspace.slug}-${now.toISOString().slice(0, 10)}.${format}`;
  return new Response(fileOf(ctx, filter, format), {
    headers: {
      "content-type": exportText[format].type,
      "content-disposition": `attachment; filename="${name}"`,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    },
  });
}

function fileOf(ctx: Ctx, filter: ReturnType<typeof auditFilterOf>, format: ExportFormat): ReadableStream<Uint8Array> {
  const { start, events, end } = exportText[format];
  const encoder = new TextEncoder();
  let after: After | null = null;
  let isFirst = true;
  return new ReadableStream({
    start: (controller) => controller.enqueue(encoder.encode(start)),
    async pull(controller) {
      const page = await listAuditEvents(ctx, { filter, limit: eventsAtOnce, after });
      if (page.data.length > 0) controller.enqueue(encoder.encode(events(page.data, isFirst)));
      isFirst = false;
      after = page.next;
      if (page.next !== null) return;
      if (end !== "") controller.enqueue(encoder.encode(end));
      controller.close();
    },
  });
}
