import type { ReactNode } from "react";
import type { ServerAction } from "#/components/shell/use-server-action.ts";
import { Callout } from "#/components/ui/callout.tsx";
import { PageHeader } from "#/components/ui/page-header.tsx";
import type { CreateMcpServerRequest, CreateToolRequest, McpServerView, ToolView } from "#/lib/contract/tool.ts";
import { httpMethods } from "#/lib/workflows/definition.ts";
import { AddHttpTool } from "./add-http-tool.tsx";
import { AddServer } from "./add-server.tsx";
import { type ChangeServerAction, ServerSection } from "./server-section.tsx";
import type { MarkToolAction } from "./mark-tool.tsx";
import type { MarkChange } from "./tool-history.ts";
import { ToolTable } from "./tool-table.tsx";

type ToolActions = {
  mark: MarkToolAction;
  add: ServerAction<CreateMcpServerRequest, { tools: number }>;
  change: ChangeServerAction;
  refresh: ServerAction<{ id: string }, { tools: number; changed: number }>;
  remove: ServerAction<{ id: string }>;
  addTool: ServerAction<CreateToolRequest>;
  deleteTool: ServerAction<{ id: string }>;
};

export type ToolsPageProps = {
  servers: McpServerView[];
  /** HTTP tools of the workspace and built-in ones. */
  tools: ToolView[];
  history: Record<string, MarkChange[]>;
  names: Record<string, string>;
  writeDenied: string | null;
  actions: ToolActions;
};

/** What nodes and agents may call, and whether a replay would really call it. */
export function ToolsPage(props: ToolsPageProps) {
  const { servers, tools, writeDenied, actions } = props;
  const http = tools.filter((tool) => tool.kind === "http");
  const builtin = tools.filter((tool) => tool.kind === "builtin");
  return (
    <div className="flex min-h-0 grow flex-col">
      <PageHeader
        title="Tools"
        actions={
          <>
            <AddHttpTool denied={writeDenied} methods={httpMethods} add={actions.addTool} />
            <AddServer denied={writeDenied} add={actions.add} />
          </>
        }
      >
        Calls are mutating unless proven read-only. In a replay, mutating calls dry-run and read-only calls are made
        again.
      </PageHeader>
      <div className="flex min-h-0 grow flex-col overflow-y-auto pb-6">
        {writeDenied ? (
          <Callout className="mx-3 mt-3 md:mx-4">You can view tools but not change them. {writeDenied}</Callout>
        ) : null}
        {servers.length === 0 ? (
          <Group title="MCP servers">
            <p className="px-3 text-ink-muted md:px-4">
              None yet. Definitions refer to a server’s tool as{" "}
              <code className="font-mono">{"mcp: { server, tool }"}</code>; tools are mutating until an admin trusts the
              server or marks them.
            </p>
          </Group>
        ) : (
          servers.map((server) => <ServerSection key={server.id} server={server} page={props} />)
        )}
        <Group title="HTTP tools of the workspace">
          {http.length === 0 ? (
            <p className="px-3 pb-2 text-ink-muted md:px-4">
              None yet. Every workflow can <code className="font-mono">use</code> a tool that you add here by name.
              Requests written in a definition are shown with its nodes.
            </p>
          ) : (
            <ToolTable label="HTTP tools" tools={http} page={props} />
          )}
        </Group>
        <Group title="Built-in tools">
          <ToolTable label="Built-in tools" tools={builtin} page={props} />
        </Group>
      </div>
    </div>
  );
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="mt-4">
      <h2 className="px-3 pb-1 font-semibold md:px-4">{title}</h2>
      {children}
    </section>
  );
}
