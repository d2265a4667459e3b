import { Callout } from "#/components/ui/callout.tsx";
import { CodeBlock } from "#/components/ui/code-block.tsx";
import { LinkTabs } from "#/components/ui/link-tabs.tsx";
import type { WorkflowVersionDetail } from "#/lib/contract/workflow.ts";
import type { WorkflowDefinition } from "#/lib/workflows/definition.ts";
import { credentialWarnings } from "#/lib/workflows/definition-warnings.ts";
import { storedDefinition } from "#/lib/workflows/stored-definition.ts";
import { NodeTable } from "./node-table.tsx";
import { VersionDifference } from "./version-difference.tsx";
import type { WorkflowDetailProps } from "./workflow-detail.tsx";
import { VersionGraph } from "./version-graph.tsx";
import { type VersionView, versionViews, workflowSearch } from "./workflow-query.ts";

const viewLabel: Record<VersionView, string> = {
  nodes: "Nodes",
  graph: "Graph",
  definition: "Definition",
  difference: "Difference",
};

/** One version: its nodes as a table or a graph, its text, or what differs from another one. */
export function VersionBody({
  workspaceSlug,
  path,
  query,
  versions,
  version,
  from,
  texts,
  tools,
}: WorkflowDetailProps & { path: string; version: WorkflowVersionDetail }) {
  const definition = storedDefinition(version.definition);
  return (
    <section aria-label={`Version ${version.version}`} className="flex min-h-96 min-w-0 grow flex-col lg:min-h-0">
      <LinkTabs
        label="Views of the version"
        tabs={versionViews.map((view) => ({
          href: `${path}${workflowSearch({ ...query, view })}`,
          label: viewLabel[view],
          isCurrent: view === query.view,
        }))}
      />
      <Warnings definition={definition} />
      {query.view === "nodes" ? (
        <NodeTable definition={definition} tools={tools} workspaceSlug={workspaceSlug} />
      ) : null}
      {query.view === "graph" ? (
        <VersionGraph definition={definition} nodesHref={`${path}${workflowSearch({ ...query, view: "nodes" })}`} />
      ) : null}
      {query.view === "definition" ? (
        <CodeBlock label="Definition as YAML" text={texts.version ?? ""} className="m-3 min-h-0 md:m-4" />
      ) : null}
      {query.view === "difference" ? (
        <VersionDifference path={path} query={query} versions={versions} version={version} from={from} texts={texts} />
      ) : null}
    </section>
  );
}

/** The same warnings that a push of this version gets. */
function Warnings({ definition }: { definition: WorkflowDefinition }) {
  const warnings = credentialWarnings(definition);
  if (warnings.length === 0) return null;
  return (
    <div className="px-3 pt-3 md:px-4">
      <Callout kind="warning" title="This version holds credentials">
        <ul>
          {warnings.map(({ path, message }) => (
            <li key={path + message}>
              <code className="font-mono break-all">{path}</code>: {message}
            </li>
          ))}
        </ul>
      </Callout>
    </div>
  );
}
