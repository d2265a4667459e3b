import type { Ctx } from "#/lib/tenancy/ctx.ts";
import type { After } from "#/lib/tenancy/keyset.ts";
import { listAuditEvents } from "#/lib/tenancy/list-audit-events.ts";
import { type ExportFormat, exportText } from "./audit-export.ts";

const eventsAtOnce = 500;

type Filter = Parameters<typeof listAuditEvents>[1]["filter"];

/**
 * The audit log as a file, with all matching events, read as fast as the client takes it. Stops once `isStillAllowed` says no.
 */
export function auditFile(
  ctx: Ctx,
  filter: Filter,
  format: ExportFormat,
  isStillAllowed: () => Promise<boolean>,
): Response {
  const name = `audit-log-${ctx.workspace.slug}-${ctx.clock.now().toISOString().slice(0, 10)}.${format}`;
  return new Response(textOf(ctx, filter, format, isStillAllowed), {
    headers: { "content-type": exportText[format].type, "content-disposition": `attachment; filename="${name}"` },
  });
}

function textOf(
  ctx: Ctx,
  filter: Filter,
  format: ExportFormat,
  isStillAllowed: () => Promise<boolean>,
): ReadableStream<Uint8Array> {
  const { start, events, end } = exportText[format];
  const encoder = new TextEncoder();
  let after: After | null = null;
  let isFirst = true;
  return new ReadableStream({
    start: (controller) => controller.enqueue(encoder.encode(start)),
    async pull(controller) {
      if (!isFirst && !(await isStillAllowed())) return controller.error(new Error("no longer permitted"));
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
