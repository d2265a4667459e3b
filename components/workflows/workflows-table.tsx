import { Workflow } from "lucide-react";
import { Link } from "#/components/ui/link.tsx";
import { Badge } from "#/components/ui/badge.tsx";
import { CodeBlock } from "#/components/ui/code-block.tsx";
import { EmptyState } from "#/components/ui/empty-state.tsx";
import { mostRows, NotListed } from "#/components/ui/not-listed.tsx";
import { PageHeader } from "#/components/ui/page-header.tsx";
import { RelativeTime } from "#/components/ui/relative-time.tsx";
import { Table, TableCell, TableHead, TableHeaderCell, TableRow } from "#/components/ui/table.tsx";
import type { WorkflowSummary } from "#/lib/contract/workflow.ts";

/** All workflows of the workspace. */
export function WorkflowsTable({ workspaceSlug, workflows }: { workspaceSlug: string; workflows: WorkflowSummary[] }) {
  return (
    <div className="flex min-h-0 grow flex-col">
      <PageHeader title="Workflows">
        A workflow is a graph of nodes with immutable versions. Push new versions with the CLI or the API.
      </PageHeader>
      {workflows.length === 0 ? (
        <NoWorkflows />
      ) : (
        <Table label="Workflows" className="[&_:is(td,th):first-child]:pl-3 md:[&_:is(td,th):first-child]:pl-4">
          <TableHead>
            <tr>
              <TableHeaderCell>Workflow</TableHeaderCell>
              <TableHeaderCell>State</TableHeaderCell>
              <TableHeaderCell numeric>Latest version</TableHeaderCell>
              <TableHeaderCell>Runs</TableHeaderCell>
              <TableHeaderCell>Created</TableHeaderCell>
            </tr>
          </TableHead>
          <tbody>
            {workflows.slice(0, mostRows).map((workflow) => (
              <WorkflowRow key={workflow.id} workflow={workflow} base={`/${workspaceSlug}`} />
            ))}
          </tbody>
        </Table>
      )}
      <NotListed count={workflows.length - mostRows} />
    </div>
  );
}

function WorkflowRow({ workflow, base }: { workflow: WorkflowSummary; base: string }) {
  const { slug, name, paused, latestVersion } = workflow;
  return (
    <TableRow className="hover:bg-hover">
      <TableCell className="max-w-80 py-1.5 whitespace-normal">
        <Link href={`${base}/workflows/${slug}`} className="rounded-sm font-medium hover:underline">
          {slug}
        </Link>
        {name === slug ? null : <span className="block text-sm break-words text-ink-muted">{name}</span>}
      </TableCell>
      <TableCell className="max-w-72">
        {paused ? (
          <span className="flex items-center gap-1.5">
            <Badge tone="paused">Paused</Badge>
            <span title={paused.reason} className="truncate text-ink-muted">
              {paused.reason}
            </span>
          </span>
        ) : (
          <Badge tone="success">Active</Badge>
        )}
      </TableCell>
      <TableCell numeric>{latestVersion === null ? "none" : latestVersion}</TableCell>
      <TableCell>
        <Link
          href={`${base}/monitoring/workflow-runs?workflow=${slug}`}
          aria-label={`Runs of ${slug}`}
          className="rounded-sm text-accent hover:underline"
        >
          Runs
        </Link>
      </TableCell>
      <TableCell className="text-ink-muted">
        <RelativeTime iso={workflow.createdAt} />
      </TableCell>
    </TableRow>
  );
}

function NoWorkflows() {
  return (
    <EmptyState icon={<Workflow aria-hidden />} title="No workflows yet">
      <p>
        Push a definition to create the first one. There is a small example in <code>examples/workflows</code>:
      </p>
      <CodeBlock
        label="Command that pushes a workflow"
        text="npx reprise workflows push examples/workflows/hello.yaml"
        className="mt-3"
      />
    </EmptyState>
  );
}
