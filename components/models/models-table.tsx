import { Boxes } from "lucide-react";
import type { ServerAction } from "#/components/shell/use-server-action.ts";
import { Badge } from "#/components/ui/badge.tsx";
import { CopyButton } from "#/components/ui/copy-button.tsx";
import { EmptyState } from "#/components/ui/empty-state.tsx";
import { formatCost } from "#/components/ui/format.ts";
import { ActionsHeaderCell, Table, TableCell, TableHead, TableHeaderCell, TableRow } from "#/components/ui/table.tsx";
import type { ModelView } from "#/lib/contract/model.ts";
import { modelsOf, type ModelsShown } from "./model-query.ts";
import { RetireModel } from "./retire-model.tsx";

type Props = {
  models: ModelView[];
  show: ModelsShown;
  /** Refs that their provider no longer serves: nobody here can bring them back. */
  goneRefs: string[];
  writeDenied: string | null;
  setRetired: ServerAction<{ ref: string; retired: boolean }>;
};

/** The catalogue: what may be called here, why not, and what it costs. */
export function ModelsTable(props: Props) {
  const { models, show } = props;
  const groups = modelsOf(models, show);
  if (groups.length === 0)
    return (
      <EmptyState
        icon={<Boxes aria-hidden />}
        title={show === "allowed" ? "No model is allowed" : "Every model is allowed"}
      >
        {show === "allowed"
          ? "The policies allow no model, so runs fail at their first model call."
          : "No policy excludes a model of the catalogue, and none is retired."}
      </EmptyState>
    );
  return (
    <Table label="Models" className="[&_:is(td,th):first-child]:pl-3 md:[&_:is(td,th):first-child]:pl-4">
      <TableHead>
        <tr>
          <TableHeaderCell>Model</TableHeaderCell>
          <TableHeaderCell>Model ref</TableHeaderCell>
          <TableHeaderCell>Allowed here</TableHeaderCell>
          <TableHeaderCell numeric>Input / M tokens</TableHeaderCell>
          <TableHeaderCell numeric>Output</TableHeaderCell>
          <TableHeaderCell numeric>Cache read</TableHeaderCell>
          <TableHeaderCell numeric>Cache write</TableHeaderCell>
          <ActionsHeaderCell />
        </tr>
      </TableHead>
      {groups.map((group) => (
        <ProviderGroup key={group.provider} {...group} page={props} />
      ))}
    </Table>
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
