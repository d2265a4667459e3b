import { ActorName } from "#/components/shell/actor-name.tsx";
import { ConfirmAction } from "#/components/shell/confirm-action.tsx";
import type { ServerAction } from "#/components/shell/use-server-action.ts";
import { Badge } from "#/components/ui/badge.tsx";
import { RelativeTime } from "#/components/ui/relative-time.tsx";
import { ActionsHeaderCell, Table, TableCell, TableHead, TableHeaderCell, TableRow } from "#/components/ui/table.tsx";
import type { Tone } from "#/components/ui/tones.ts";
import type { ProviderAccess, ProviderRow } from "./provider-rows.ts";
import { SetProvider, type SetProviderAction } from "./set-provider.tsx";

export type ProvidersProps = {
  rows: ProviderRow[];
  /** Who set the workspace's own keys last, by provider, and their names. */
  setBy: Record<string, string | null>;
  names: Record<string, string>;
  /** Why this person may change nothing; null = may. */
  denied: string | null;
  actions: { set: SetProviderAction; remove: ServerAction<{ provider: string }> };
};

/** Whose key each provider is called with, and where. */
export function ProvidersSection(props: ProvidersProps) {
  const { rows, denied, actions } = props;
  return (
    <section aria-labelledby="providers" className="shrink-0 pt-3 pb-5">
      <div className="flex flex-wrap items-start justify-between gap-2 px-3 md:px-4">
        <div className="min-w-0 grow basis-64">
          <h2 id="providers" className="font-semibold">
            Providers
          </h2>
          <p className="max-w-3xl text-ink-muted">
            A workspace key takes precedence over the installation key. A provider without a key cannot be called.
          </p>
        </div>
        <SetProvider row={null} denied={denied} set={actions.set} />
      </div>
      <Table
        label="Providers and their keys"
        className="mt-1 [&_:is(td,th)]:align-top [&_:is(td,th):first-child]:pl-3 md:[&_:is(td,th):first-child]:pl-4 [&_td]:py-1.5 [&_td:last-child]:py-0.5 [&_th]:align-middle"
      >
        <TableHead>
          <tr>
            <TableHeaderCell>Provider</TableHeaderCell>
            <TableHeaderCell>Key</TableHeaderCell>
            <TableHeaderCell className="max-md:hidden">Base URL</TableHeaderCell>
            <TableHeaderCell numeric className="max-md:hidden">
              Models
            </TableHeaderCell>
            <ActionsHeaderCell />
          </tr>
        </TableHead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.provider} row={row} {...props} />
          ))}
        </tbody>
      </Table>
    </section>
  );
}

function Row({ row, setBy, names, denied, actions }: { row: ProviderRow } & ProvidersProps) {
  const { provider, baseUrl } = row;
  return (
    <TableRow className="hover:bg-hover">
      <TableCell>
        <span className="font-mono text-sm font-medium">{provider}</span>
        {row.isCompatible ? <span className="block text-sm text-ink-subtle">OpenAI-compatible</span> : null}
      </TableCell>
      <TableCell className="whitespace-normal md:min-w-64">
        <span className="flex flex-wrap items-center gap-x-1.5">
          <Badge tone={accessTone[row.access]}>{accessLabel[row.access]}</Badge>
          <span className="text-sm text-ink-muted">
            {row.since === null ? (
              aboutAccess(row)
            ) : (
              <>
                since <RelativeTime iso={row.since} />
                {Object.hasOwn(setBy, provider) ? (
                  <>
                    , by <ActorName id={setBy[provider] ?? null} names={names} />
                  </>
                ) : null}
              </>
            )}
          </span>
        </span>
        {row.down ? <Down down={row.down} /> : null}
        {baseUrl ? <span className="block font-mono text-sm break-all md:hidden">{baseUrl}</span> : null}
      </TableCell>
      <TableCell className="min-w-56 font-mono text-sm break-all whitespace-normal max-md:hidden">
        {baseUrl ?? <span className="text-ink-subtle">–</span>}
      </TableCell>
      <TableCell numeric className="max-md:hidden">
        {row.models}
      </TableCell>
      <TableCell className="text-right max-md:whitespace-normal">
        <SetProvider row={row} denied={denied} set={actions.set} />
        {row.access === "workspace" ? (
          <ConfirmAction
            label="Remove"
            of={`key of ${provider}`}
            denied={denied}
            question={`Remove the key of ${provider}?`}
            confirmLabel="Remove key"
            action={actions.remove}
            input={{ provider }}
            done="Key removed"
            refused="Key not removed"
          >
            {row.isCompatible
              ? "Its address is removed too. From the next call on, steps that call its models fail."
              : "From the next call on, the installation key is used. If there is none, steps that call its models fail."}
          </ConfirmAction>
        ) : null}
      </TableCell>
    </TableRow>
  );
}

function Down({ down }: { down: NonNullable<ProviderRow["down"]> }) {
  return (
    <span className="mt-1 flex flex-wrap items-center gap-x-1.5">
      <Badge tone="blocked">does not answer</Badge>
      <span className="text-sm text-ink-muted">
        since <RelativeTime iso={down.since} />. Steps that call it wait; it is asked less than twice a second.
      </span>
      <span className="basis-full text-sm break-words text-ink-muted">{down.lastError}</span>
    </span>
  );
}

const accessLabel: Record<ProviderAccess, string> = {
  workspace: "workspace key",
  installation: "installation key",
  none: "no key",
  unknown: "not shown",
};
const accessTone: Record<ProviderAccess, Tone> = {
  workspace: "accent",
  installation: "neutral",
  none: "blocked",
  unknown: "neutral",
};

function aboutAccess({ access, models }: ProviderRow): string {
  if (access === "unknown") return "Only admins can see whose key is used.";
  if (access === "installation") return "Set by the operator of this installation.";
  if (models === 0) return "Its models cannot be called.";
  return models === 1 ? "Its model cannot be called." : `Its ${models} models cannot be called.`;
}
