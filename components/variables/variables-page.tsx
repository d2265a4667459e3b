import { Braces } from "lucide-react";
import type { ServerAction } from "#/components/shell/use-server-action.ts";
import { Badge } from "#/components/ui/badge.tsx";
import { CopyButton } from "#/components/ui/copy-button.tsx";
import { EmptyState } from "#/components/ui/empty-state.tsx";
import { LinkTabs } from "#/components/ui/link-tabs.tsx";
import { mostRows, NotListed } from "#/components/ui/not-listed.tsx";
import { PageHeader } from "#/components/ui/page-header.tsx";
import { ActionsHeaderCell, Table, TableCell, TableHead, TableHeaderCell, TableRow } from "#/components/ui/table.tsx";
import type { EnvironmentView, VariablesView } from "#/lib/contract/administration.ts";
import { EditDefaultTtl, type SetDefaultTtlAction } from "./edit-default-ttl.tsx";
import { EditVariable, type SetVariableAction } from "./edit-variable.tsx";
import { NewEnvironment } from "./new-environment.tsx";
import { RemoveVariable } from "./remove-variable.tsx";
import { environmentPath } from "./variable-query.ts";

type Props = {
  workspaceSlug: string;
  environments: string[];
  view: VariablesView;
  settings: EnvironmentView;
  denied: string | null;
  actions: {
    set: SetVariableAction;
    remove: ServerAction<{ environment: string; name: string }>;
    setDefaultTtl: SetDefaultTtlAction;
  };
};

/** The variables of one environment, a secret of which can be replaced, never read; and what else is set for it. */
export function VariablesPage({ workspaceSlug, environments, view, settings, denied, actions }: Props) {
  const { environment, variables } = view;
  return (
    <div className="flex min-h-0 grow flex-col">
      <PageHeader
        title="Variables"
        actions={
          <>
            <NewEnvironment workspaceSlug={workspaceSlug} />
            <EditVariable key={environment} environment={environment} variable={null} set={actions.set} />
          </>
        }
      >
        Values that definitions read as <code className="font-mono">{"{{ env.NAME }}"}</code>, per environment. Secrets
        are stored encrypted, kept out of traces, and never shown again.
      </PageHeader>
      <LinkTabs
        label="Environments"
        tabs={[...new Set([...environments.slice(0, mostRows), environment])].map((name) => ({
          href: environmentPath(workspaceSlug, name),
          label: name,
          isCurrent: name === environment,
        }))}
      />
      <NotListed count={environments.length - mostRows} />
      <section
        aria-label={`Default TTL of ${environment}`}
        className="flex flex-wrap items-center justify-between gap-2 border-b border-line px-3 py-2 md:px-4"
      >
        <p className="min-w-0 text-ink-muted">
          Runs that are triggered without a TTL wait for their start{" "}
          <span className="font-medium text-ink">
            {settings.defaultTtl === null ? "indefinitely" : `for at most ${settings.defaultTtl}`}
          </span>
          .
        </p>
        <EditDefaultTtl key={environment} environment={settings} denied={denied} set={actions.setDefaultTtl} />
      </section>
      {variables.length === 0 ? (
        <EmptyState icon={<Braces aria-hidden />} title={`No variables in ${environment}`}>
          Runs in this environment find nothing under <code className="font-mono">env</code>. An environment exists once
          it has a variable or a default TTL.
        </EmptyState>
      ) : (
        <Table
          label={`Variables of ${environment}`}
          boxClassName="min-h-0"
          className="[&_:is(td,th):first-child]:pl-3 md:[&_:is(td,th):first-child]:pl-4"
        >
          <TableHead>
            <tr>
              <TableHeaderCell>Name</TableHeaderCell>
              <TableHeaderCell>Value</TableHeaderCell>
              <ActionsHeaderCell />
            </tr>
          </TableHead>
          <tbody>
            {variables.map((variable) => (
              <TableRow key={variable.name} className="hover:bg-hover">
                <TableCell className="font-mono text-sm">{variable.name}</TableCell>
                <TableCell className="max-w-xl min-w-40 py-1.5 whitespace-normal">
                  <Value variable={variable} />
                </TableCell>
                <TableCell className="text-right">
                  <EditVariable environment={environment} variable={variable} set={actions.set} />
                  <RemoveVariable environment={environment} name={variable.name} remove={actions.remove} />
                </TableCell>
              </TableRow>
            ))}
          </tbody>
        </Table>
      )}
    </div>
  );
}

function Value({ variable: { name, secret, value } }: { variable: VariablesView["variables"][number] }) {
  if (secret) return <Badge>secret</Badge>;
  if (value === null || value === "") return <span className="text-ink-subtle">empty</span>;
  return (
    <span className="flex items-start gap-0.5">
      <span className="line-clamp-3 font-mono text-sm break-all">{value}</span>
      <CopyButton value={value} label={`Copy the value of ${name}`} className="-my-0.5" />
    </span>
  );
}
