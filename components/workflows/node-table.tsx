import { Link } from "#/components/ui/link.tsx";
import { Badge } from "#/components/ui/badge.tsx";
import { cn } from "#/components/ui/class-names.ts";
import { formatCount, shortId } from "#/components/ui/format.ts";
import { Table, TableCell, TableHead, TableHeaderCell, TableRow } from "#/components/ui/table.tsx";
import type { WorkspaceTool } from "#/lib/tools/tool-source.ts";
import type { WorkflowDefinition } from "#/lib/workflows/definition.ts";
import { type NodeCall, type NodeRow, nodeRows } from "./node-rows.ts";

/** The nodes of a version: what each needs, calls, and may change in the world. */
export function NodeTable({
  definition,
  tools,
  workspaceSlug,
}: {
  definition: WorkflowDefinition;
  /** The workspace's own tools that the version names. */
  tools: readonly WorkspaceTool[];
  workspaceSlug: string;
}) {
  return (
    <Table
      label="Nodes of the version"
      boxClassName="min-h-0"
      className="[&_:is(td,th)]:align-top [&_:is(td,th):first-child]:pl-3 md:[&_:is(td,th):first-child]:pl-4 [&_td]:py-2 [&_th]:align-middle"
    >
      <TableHead>
        <tr>
          <TableHeaderCell>Node</TableHeaderCell>
          <TableHeaderCell>Type</TableHeaderCell>
          <TableHeaderCell>Needs</TableHeaderCell>
          <TableHeaderCell>Model and prompt</TableHeaderCell>
          <TableHeaderCell>Tool calls</TableHeaderCell>
        </tr>
      </TableHead>
      <tbody>
        {nodeRows(definition, tools).map((row) => (
          <Row key={row.id} row={row} workspaceSlug={workspaceSlug} />
        ))}
      </tbody>
    </Table>
  );
}

function Row({ row, workspaceSlug }: { row: NodeRow; workspaceSlug: string }) {
  return (
    <TableRow id={`node-${row.id}`} className="hover:bg-hover">
      <TableCell className={cn("max-w-64 min-w-32 wrap-anywhere whitespace-normal", row.inside && "pl-8! md:pl-10!")}>
        <span className="font-mono text-sm">{row.id}</span>
        {row.title ? <span className="block text-sm text-ink-muted">{row.title}</span> : null}
        {row.inside ? <span className="block text-sm text-ink-subtle">inside {row.inside}</span> : null}
      </TableCell>
      <TableCell className="max-w-28 whitespace-normal">
        <Badge>{row.type}</Badge>
        {row.does ? <span className="mt-0.5 block text-sm text-ink-muted">{row.does}</span> : null}
      </TableCell>
      <TableCell className="max-w-40 break-words whitespace-normal">
        <span className="font-mono text-sm">{row.needs.length === 0 ? "–" : row.needs.join(", ")}</span>
        {row.when ? (
          <span className="block text-sm text-ink-muted">
            when <code className="font-mono break-words">{row.when}</code>
          </span>
        ) : null}
      </TableCell>
      <TableCell>
        <Calling row={row} workspaceSlug={workspaceSlug} />
      </TableCell>
      <TableCell className="min-w-60 whitespace-normal">
        <Calls row={row} />
      </TableCell>
    </TableRow>
  );
}

function Calling({ row, workspaceSlug }: { row: NodeRow; workspaceSlug: string }) {
  if (row.model === null) return <span className="text-ink-subtle">–</span>;
  const { prompt } = row;
  return (
    <>
      <span className="font-mono text-sm">{row.model}</span>
      {prompt === "inline" ? <span className="block text-sm text-ink-muted">prompt in the definition</span> : null}
      {prompt !== null && prompt !== "inline" ? (
        <Link
          href={`/${workspaceSlug}/prompts/${prompt.artifactId}?revision=${encodeURIComponent(prompt.contentHash)}`}
          title={`${prompt.artifactId} ${prompt.contentHash}`}
          className="block rounded-sm font-mono text-sm text-accent hover:underline"
        >
          prompt {shortId(prompt.contentHash, 13, 4)}
        </Link>
      ) : null}
    </>
  );
}

function Calls({ row }: { row: NodeRow }) {
  if (row.calls.length + row.moreCalls === 0) return <span className="text-ink-subtle">–</span>;
  return (
    <>
      <ul className="flex flex-col gap-1.5">
        {row.calls.map((call) => (
          <li key={`${call.tool ?? ""} ${call.request}`}>
            <Call call={call} />
          </li>
        ))}
      </ul>
      {row.moreCalls === 0 ? null : (
        <p className="mt-1.5 text-sm text-ink-muted">
          {formatCount(row.moreCalls)} {row.calls.length === 0 ? "" : "more "}
          {row.moreCalls === 1 ? "call" : "calls"}, see the definition
        </p>
      )}
      {row.allowMutations === null ? null : (
        <p className="mt-1.5 text-sm text-ink-muted">
          <code className="font-mono">policies.replay.allowMutations: {String(row.allowMutations)}</code>
        </p>
      )}
    </>
  );
}

function Call({ call }: { call: NodeCall }) {
  return (
    <>
      <span className="flex flex-wrap items-center gap-1.5">
        {call.tool ? <span className="font-mono text-sm">{call.tool}</span> : null}
        <Badge tone={call.mutating ? "live" : "neutral"}>{call.mutating ? "mutating" : "read-only"}</Badge>
        <span className="text-sm text-ink-muted">
          {call.why}
          {call.chosenByAgent ? "; the agent decides" : ""}
        </span>
      </span>
      <code className="block font-mono text-sm break-all text-ink-muted">{call.request}</code>
    </>
  );
}
