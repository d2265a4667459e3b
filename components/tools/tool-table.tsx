import { Badge } from "#/components/ui/badge.tsx";
import { ActionsHeaderCell, Table, TableCell, TableHead, TableHeaderCell, TableRow } from "#/components/ui/table.tsx";
import type { ToolView } from "#/lib/contract/tool.ts";
import { DeleteTool } from "./delete-tool.tsx";
import { Judgement } from "./judgement.tsx";
import { MarkTool } from "./mark-tool.tsx";
import { markWords } from "./tool-history.ts";
import type { ToolsPageProps } from "./tools-page.tsx";

type Props = { label: string; tools: ToolView[]; page: ToolsPageProps };

/** Tools with how their calls are judged, and why. */
export function ToolTable({ label, tools, page }: Props) {
  return (
    <Table
      label={label}
      className="[&_:is(td,th)]:align-top [&_:is(td,th):first-child]:pl-3 md:[&_:is(td,th):first-child]:pl-4 [&_td]:py-1.5 [&_td:last-child]:py-0.5 [&_th]:align-middle"
    >
      <TableHead>
        <tr>
          <TableHeaderCell>Tool</TableHeaderCell>
          <TableHeaderCell>Kind</TableHeaderCell>
          <TableHeaderCell>Calls are</TableHeaderCell>
          <TableHeaderCell>Admin’s mark</TableHeaderCell>
          <ActionsHeaderCell />
        </tr>
      </TableHead>
      <tbody>
        {tools.map((tool) => (
          <ToolRow key={tool.id ?? tool.name} tool={tool} page={page} />
        ))}
      </tbody>
    </Table>
  );
}

function ToolRow({ tool, page }: { tool: ToolView; page: ToolsPageProps }) {
  return (
    <TableRow className="hover:bg-hover">
      <TableCell className="max-w-md min-w-48 whitespace-normal">
        <span className="font-mono text-sm break-all">{tool.name}</span>
        {tool.request ? <code className="block font-mono text-sm break-all text-ink-muted">{tool.request}</code> : null}
        {tool.description ? <span className="line-clamp-2 text-sm text-ink-muted">{tool.description}</span> : null}
      </TableCell>
      <TableCell>
        <Badge>{tool.kind}</Badge>
      </TableCell>
      <TableCell className="min-w-56 whitespace-normal">
        <Judgement mutating={tool.mutating} why={tool.why} />
      </TableCell>
      <TableCell>
        {tool.readOnly === null ? (
          <span className="text-ink-subtle">–</span>
        ) : (
          <Badge tone="accent">{markWords(tool.readOnly)}</Badge>
        )}
      </TableCell>
      <TableCell className="text-right">
        {tool.id === null ? null : (
          <MarkTool
            tool={{ ...tool, id: tool.id }}
            history={page.history[tool.id] ?? []}
            names={page.names}
            denied={page.writeDenied}
            mark={page.actions.mark}
          />
        )}
        {tool.id === null || tool.kind !== "http" ? null : (
          <DeleteTool id={tool.id} name={tool.name} denied={page.writeDenied} remove={page.actions.deleteTool} />
        )}
      </TableCell>
    </TableRow>
  );
}
