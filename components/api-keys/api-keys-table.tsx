import { KeyRound } from "lucide-react";
import { countOnPage } from "#/components/shell/list-pages.ts";
import type { ServerAction } from "#/components/shell/use-server-action.ts";
import { Badge } from "#/components/ui/badge.tsx";
import { EmptyState } from "#/components/ui/empty-state.tsx";
import { LinkPager } from "#/components/ui/link-pager.tsx";
import { PageHeader } from "#/components/ui/page-header.tsx";
import { RelativeTime } from "#/components/ui/relative-time.tsx";
import { ActionsHeaderCell, Table, TableCell, TableHead, TableHeaderCell, TableRow } from "#/components/ui/table.tsx";
import type { ApiKeyView } from "#/lib/contract/administration.ts";
import type { KeyState } from "./key-form.ts";
import { type CreateKeyAction, NewApiKey } from "./new-api-key.tsx";
import { RevokeKey } from "./revoke-key.tsx";

type Props = {
  keys: (ApiKeyView & { state: KeyState; createdByName: string | null })[];
  links: { previous: string | null; next: string | null };
  /** Why this person may not give the scope `account`; null when they may. */
  accountDenied: string | null;
  /** The address of the MCP server, as people reach this installation. */
  mcpUrl: string;
  actions: { create: CreateKeyAction; revoke: ServerAction<{ id: string }> };
};

/** The workspace's API keys, never with a secret. */
export function ApiKeysTable({ keys, links, accountDenied, mcpUrl, actions }: Props) {
  return (
    <div className="flex min-h-0 grow flex-col">
      {/* Always in this place: the window that shows the first key's secret must outlive the empty list. */}
      <PageHeader title="API keys" actions={<NewApiKey accountDenied={accountDenied} create={actions.create} />}>
        A key belongs to this workspace and acts for the member who created it. It is revoked when they are removed. Its
        secret is shown once; only a hash is stored. Agents connect with a key to the MCP server at{" "}
        <code className="font-mono text-sm break-all">{mcpUrl}</code>.
      </PageHeader>
      {keys.length === 0 ? (
        <EmptyState icon={<KeyRound aria-hidden />} title="No API keys yet">
          Programs, CI and the CLI authenticate with a key. Select “New API key” to create the first one.
        </EmptyState>
      ) : (
        <>
          <Table
            label="API keys"
            boxClassName="min-h-0"
            className="[&_:is(td,th):first-child]:pl-3 md:[&_:is(td,th):first-child]:pl-4"
          >
            <TableHead>
              <tr>
                <TableHeaderCell>Name</TableHeaderCell>
                <TableHeaderCell>Key</TableHeaderCell>
                <TableHeaderCell>State</TableHeaderCell>
                <TableHeaderCell>Scopes</TableHeaderCell>
                <TableHeaderCell>Created</TableHeaderCell>
                <TableHeaderCell>Last used</TableHeaderCell>
                <TableHeaderCell>Expires</TableHeaderCell>
                <ActionsHeaderCell />
              </tr>
            </TableHead>
            <tbody>
              {keys.map((key) => (
                <KeyRow key={key.id} apiKey={key} revoke={actions.revoke} />
              ))}
            </tbody>
          </Table>
          <LinkPager count={countOnPage(keys.length, "key", links)} {...links} />
        </>
      )}
    </div>
  );
}

const stateTone = { active: "success", expired: "warning", revoked: "neutral" } as const;

function KeyRow({ apiKey, revoke }: { apiKey: Props["keys"][number]; revoke: ServerAction<{ id: string }> }) {
  return (
    <TableRow className="hover:bg-hover">
      <TableCell className="max-w-56 truncate font-medium" title={apiKey.id}>
        {apiKey.name}
      </TableCell>
      <TableCell className="font-mono text-sm">{apiKey.prefix}…</TableCell>
      <TableCell>
        <Badge tone={stateTone[apiKey.state]}>{apiKey.state}</Badge>
      </TableCell>
      <TableCell className="min-w-48 py-1.5 whitespace-normal">
        <ul aria-label={`Scopes of ${apiKey.name}`} className="flex flex-wrap gap-1">
          {apiKey.scopes.map((scope) => (
            <li key={scope}>
              <Badge tone={scope === "admin" || scope === "account" ? "accent" : "neutral"}>{scope}</Badge>
            </li>
          ))}
        </ul>
      </TableCell>
      <TableCell className="text-ink-muted">
        <RelativeTime iso={apiKey.createdAt} />
        {apiKey.createdByName ? ` by ${apiKey.createdByName}` : ""}
      </TableCell>
      <TableCell className="text-ink-muted">
        {apiKey.lastUsedAt ? <RelativeTime iso={apiKey.lastUsedAt} /> : "never"}
      </TableCell>
      <TableCell className="text-ink-muted">
        {apiKey.expiresAt ? <RelativeTime iso={apiKey.expiresAt} /> : "never"}
      </TableCell>
      <TableCell className="text-right">
        {apiKey.state === "revoked" ? null : <RevokeKey id={apiKey.id} name={apiKey.name} revoke={revoke} />}
      </TableCell>
    </TableRow>
  );
}
