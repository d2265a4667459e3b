import type { ServerAction } from "#/components/shell/use-server-action.ts";
import { Badge } from "#/components/ui/badge.tsx";
import { Callout } from "#/components/ui/callout.tsx";
import { RelativeTime } from "#/components/ui/relative-time.tsx";
import { maskUrls } from "#/lib/core/mask-urls.ts";
import type { McpServerView, UpdateMcpServerRequest } from "#/lib/contract/tool.ts";
import { ChangeAddress } from "./change-address.tsx";
import { ReadAgain } from "./read-again.tsx";
import { RemoveServer } from "./remove-server.tsx";
import { ToolTable } from "./tool-table.tsx";
import type { ToolsPageProps } from "./tools-page.tsx";
import { TrustServer } from "./trust-server.tsx";

export type ChangeServerAction = ServerAction<{ id: string; change: UpdateMcpServerRequest }>;

/** An MCP server: whether it is trusted, and its tools as they were last read. */
export function ServerSection({ server, page }: { server: McpServerView; page: ToolsPageProps }) {
  const { writeDenied, actions } = page;
  const changed = server.tools.filter((tool) => tool.changedSinceTrusted);
  return (
    <section aria-label={`MCP server ${server.name}`} className="mt-4">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-2 px-3 pb-1.5 md:px-4">
        <div className="min-w-0 grow basis-64">
          <h2 className="flex flex-wrap items-center gap-2 font-semibold">
            {server.name}
            <Badge tone={server.trusted ? "success" : "neutral"}>{server.trusted ? "trusted" : "not trusted"}</Badge>
          </h2>
          <p className="font-mono text-sm break-all text-ink-muted">{maskUrls(server.url)}</p>
          <p className="text-sm text-ink-subtle">
            MCP {server.protocolVersion ?? "unknown version"}; read <RelativeTime iso={server.refreshedAt} />
            {server.headerNames.length > 0 ? `; sends ${server.headerNames.join(", ")}` : ""}
          </p>
        </div>
        <div className="flex flex-wrap items-center gap-1.5">
          <TrustServer server={server} denied={writeDenied} change={actions.change} />
          <ReadAgain server={server} denied={writeDenied} refresh={actions.refresh} />
          <ChangeAddress server={server} denied={writeDenied} change={actions.change} />
          <RemoveServer server={server} denied={writeDenied} remove={actions.remove} />
        </div>
      </div>
      {changed.length > 0 ? (
        <Callout kind="warning" className="mx-3 mb-2 md:mx-4" title="Definitions changed since this server was trusted">
          {changed.map((tool) => tool.name).join(", ")}: these count as mutating until you review them and trust the
          server again.
        </Callout>
      ) : null}
      {server.tools.length === 0 ? (
        <p className="px-3 text-ink-muted md:px-4">This server offers no tools.</p>
      ) : (
        <ToolTable label={`Tools of ${server.name}`} tools={server.tools} page={page} />
      )}
    </section>
  );
}
