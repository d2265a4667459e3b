import { Boxes } from "lucide-react";
import Link from "next/link";
import type { ServerAction } from "#/components/shell/use-server-action.ts";
import { Badge } from "#/components/ui/badge.tsx";
import { CopyButton } from "#/components/ui/copy-button.tsx";
import { EmptyState } from "#/components/ui/empty-state.tsx";
import { formatCost } from "#/components/ui/format.ts";
import { LinkTabs } from "#/components/ui/link-tabs.tsx";
import { PageHeader } from "#/components/ui/page-header.tsx";
import { Table, TableCell, TableHead, TableHeaderCell, TableRow } from "#/components/ui/table.tsx";
import type { ModelView } from "#/lib/contract/model.ts";
import { modelsOf, type ModelsShown, modelViews } from "./model-query.ts";
import { RetireModel } from "./retire-model.tsx";

const viewLabel: Record<ModelsShown, string> = { all: "All", allowed: "Allowed", not_allowed: "Not allowed" };

type Props = {
  workspaceSlug: string;
  models: ModelView[];
  show: ModelsShown;
  /** Refs that their provider serves no longer: nobody here can bring them back. */
  goneRefs: string[];
  writeDenied: string | null;
  setRetired: ServerAction<{ ref: string; retired: boolean }>;
};

/** The catalogue: what may be called here, why not, and what it costs. */
export function ModelsTable(props: Props) {
  const { workspaceSlug, models, show } = props;
  const groups = modelsOf(models, show);
  return (
    <div className="flex min-h-0 grow flex-col">
      <PageHeader title="Models">
        What may be called is decided by the catalogue and the{" "}
        <Link href={`/${workspaceSlug}/policies`} className="rounded-sm text-accent underline">
          policies
        </Link>{" "}
        of workspace and account: at submit, and again before each call.
      </PageHeader>
      <LinkTabs
        label="Which models"
        tabs={modelViews.map((view) => ({
          href: view === "all" ? `/${workspaceSlug}/models` : `/${workspaceSlug}/models?show=${view}`,
          label: `${viewLabel[view]} ${modelsOf(models, view).reduce((sum, group) => sum + group.models.length, 0)}`,
          isCurrent: view === show,
        }))}
      />
      {groups.length === 0 ? (
        <EmptyState
          icon={<Boxes aria-hidden />}
          title={show === "allowed" ? "No model is allowed" : "Every model is allowed"}
        >
          {show === "allowed"
            ? "The policies leave nothing to call: runs fail at their first model call."
            : "No policy keeps a model of the catalogue away, and none is retired."}
        </EmptyState>
      ) : (
        <Table
          label="Models"
          boxClassName="min-h-0"
          className="[&_:is(td,th):first-child]:pl-3 md:[&_:is(td,th):first-child]:pl-4"
        >
          <TableHead>
            <tr>
              <TableHeaderCell>Model</TableHeaderCell>
              <TableHeaderCell>Model ref</TableHeaderCell>
              <TableHeaderCell>Allowed here</TableHeaderCell>
              <TableHeaderCell numeric>Input / M tokens</TableHeaderCell>
              <TableHeaderCell numeric>Output</TableHeaderCell>
              <TableHeaderCell numeric>Cache read</TableHeaderCell>
              <TableHeaderCell numeric>Cache write</TableHeaderCell>
              <TableHeaderCell>
                <span className="sr-only">Actions</span>
              </TableHeaderCell>
            </tr>
          </TableHead>
          {groups.map((group) => (
            <ProviderGroup key={group.provider} {...group} page={props} />
          ))}
        </Table>
      )}
    </div>
  );
}

function ProviderGroup({ provider, models, page }: { provider: string; models: ModelView[]; page: Props }) {
  return (
    <tbody>
      <TableRow className="bg-surface">
        <th scope="rowgroup" colSpan={8} className="h-7 px-2 text-left text-sm font-medium text-ink-muted">
          {provider}
        </th>
      </TableRow>
      {models.map((model) => (
        <ModelRow key={model.ref} model={model} page={page} />
      ))}
    </tbody>
  );
}

function ModelRow({ model, page }: { model: ModelView; page: Props }) {
  const { ref, price } = model;
  return (
    <TableRow className="hover:bg-hover">
      <TableCell className="font-medium">{model.name}</TableCell>
      <TableCell>
        <span className="inline-flex items-center gap-0.5 font-mono text-sm">
          {ref}
          <CopyButton value={ref} label={`Copy the ref of ${model.name}`} />
        </span>
      </TableCell>
      <TableCell className="min-w-56 py-1 whitespace-normal">
        {model.allowed ? (
          <Badge tone="success">allowed</Badge>
        ) : (
          <span className="flex flex-wrap items-center gap-x-1.5">
            <Badge tone="blocked">{model.retired ? "retired" : "not allowed"}</Badge>
            <span className="text-sm text-ink-muted">{model.notAllowedBecause}</span>
          </span>
        )}
      </TableCell>
      <TableCell numeric>{formatCost(price?.input)}</TableCell>
      <TableCell numeric>{formatCost(price?.output)}</TableCell>
      <TableCell numeric>{formatCost(price?.cacheRead)}</TableCell>
      <TableCell numeric>{formatCost(price?.cacheWrite)}</TableCell>
      <TableCell className="text-right">
        <RetireModel
          name={model.name}
          reference={ref}
          isRetired={model.retired}
          disabledReason={
            page.writeDenied ?? (page.goneRefs.includes(ref) ? "Its provider no longer serves it." : null)
          }
          setRetired={page.setRetired}
        />
      </TableCell>
    </TableRow>
  );
}
