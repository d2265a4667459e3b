import type { Metadata } from "next";
import { historyByTool } from "#/components/tools/tool-history.ts";
import { ToolsPage } from "#/components/tools/tools-page.tsx";
import type { ToolView } from "#/lib/contract/tool.ts";
import { pageContext } from "#/lib/auth/page-context.ts";
import { actorNames } from "#/lib/tenancy/actor-names.ts";
import { listAuditEvents } from "#/lib/tenancy/list-audit-events.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { denialOf } from "#/lib/tenancy/permissions.ts";
import { listTools } from "#/lib/tools/list-tools.ts";
import { listMcpServers } from "#/lib/tools/mcp-servers.ts";
import {
  addServerAction,
  addToolAction,
  changeServerAction,
  deleteToolAction,
  markToolAction,
  refreshServerAction,
  removeServerAction,
} from "./actions.ts";

export const metadata: Metadata = { title: "Tools" };

export default async function Tools({ params }: { params: Promise<{ workspaceSlug: string }> }) {
  const ctx = await pageContext((await params).workspaceSlug);
  const [tools, servers, history] = await Promise.all([listTools(ctx), listMcpServers(ctx), marksOf(ctx)]);
  return (
    <ToolsPage
      servers={servers.map((server) => ({ ...server, tools: server.tools.map(shown) }))}
      tools={tools.filter((tool) => tool.kind !== "mcp").map(shown)}
      history={history}
      names={await actorNames(
        ctx,
        Object.values(history).flatMap((marks) => marks.map((mark) => mark.by)),
      )}
      writeDenied={denialOf(ctx.actor, "tool:write")}
      actions={{
        mark: markToolAction,
        add: addServerAction,
        change: changeServerAction,
        refresh: refreshServerAction,
        remove: removeServerAction,
        addTool: addToolAction,
        deleteTool: deleteToolAction,
      }}
    />
  );
}

const longestDescription = 2000;

/** A tool without what the page does not show: a server's schemas may be megabytes. */
function shown(tool: ToolView): ToolView {
  const { description } = tool;
  return {
    ...tool,
    description: description.length > longestDescription ? `${description.slice(0, longestDescription)}…` : description,
    ...{ inputSchema: null, outputSchema: null },
  };
}

/** Earlier marks by tool, for those who may read the audit log. */
async function marksOf(ctx: Ctx) {
  if (denialOf(ctx.actor, "audit:read") !== null) return {};
  const events = await listAuditEvents(ctx, {
    filter: { action: "tool.override_changed" },
    limit: 200,
    after: null,
  });
  return historyByTool(events.data);
}
