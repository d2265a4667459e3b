import { Badge } from "#/components/ui/badge.tsx";
import { RelativeTime } from "#/components/ui/relative-time.tsx";
import { ActionsHeaderCell, Table, TableCell, TableHead, TableHeaderCell, TableRow } from "#/components/ui/table.tsx";
import type { MutationGrantView } from "#/lib/contract/mutation-grant.ts";
import { ApproveGrant, type DecideGrantAction, RevokeGrant } from "./decide-grant.tsx";
import { grantLabel, grantTone } from "./grant-words.ts";
import { type GrantMutationsAction, NewGrant } from "./new-grant.tsx";

export type GrantsProps = {
  workspaceSlug: string;
  grants: MutationGrantView[];
  /** Whether there are older ones than these. */
  hasMore: boolean;
  /** Workflows with a version, to choose from. */
  workflows: { slug: string; name: string; version: number }[];
  /** Why this person may change nothing; null = may. */
  denied: string | null;
  personId: string | null;
  actions: { create: GrantMutationsAction; approve: DecideGrantAction; revoke: DecideGrantAction };
};

/** Who let which nodes mutate, until when, and why. */
export function GrantsSection(props: GrantsProps) {
  const { workspaceSlug, grants, hasMore, workflows, denied, actions } = props;
  return (
    <section className="shrink-0 pt-4 pb-6">
      <div className="flex flex-wrap items-start justify-between gap-2 px-3 md:px-4">
        <div className="min-w-0">
          <h2 className="font-semibold">Mutation grants</h2>
          <p className="max-w-3xl text-ink-muted">
            Allow live mutations for named nodes of one workflow, for at most 24 hours. A grant cannot allow what the
            account, the workspace or the node itself forbids.
          </p>
        </div>
        <NewGrant workspaceSlug={workspaceSlug} workflows={workflows} denied={denied} create={actions.create} />
      </div>
      {grants.length === 0 ? (
        <p className="px-3 pt-2 text-ink-muted md:px-4">No grants yet.</p>
      ) : (
        <Table
          label="Mutation grants"
          className="mt-2 min-w-3xl [&_:is(td,th):first-child]:pl-3 md:[&_:is(td,th):first-child]:pl-4"
        >
          <TableHead>
            <tr>
              <TableHeaderCell>Nodes</TableHeaderCell>
              <TableHeaderCell>State</TableHeaderCell>
              <TableHeaderCell>Until</TableHeaderCell>
              <TableHeaderCell>Who</TableHeaderCell>
              <TableHeaderCell>Reason</TableHeaderCell>
              <ActionsHeaderCell />
            </tr>
          </TableHead>
          <tbody>
            {grants.map((grant) => (
              <Row key={grant.id} grant={grant} {...props} />
            ))}
          </tbody>
        </Table>
      )}
      {hasMore ? (
        <p className="px-3 pt-2 text-sm text-ink-muted md:px-4">
          Only the newest {grants.length} are shown; <code className="font-mono">GET /api/v1/mutation-grants</code>{" "}
          lists all.
        </p>
      ) : null}
    </section>
  );
}

function Row({ grant, denied, personId, actions }: { grant: MutationGrantView } & GrantsProps) {
  const isOpen = grant.state === "requested" || grant.state === "active";
  const isOwn = personId !== null && grant.grantedBy?.id === personId;
  return (
    <TableRow className="hover:bg-hover" data-grant-id={grant.id}>
      <TableCell className="max-w-80 align-top whitespace-normal">
        <span className="font-medium">{grant.workflow.slug}</span>
        <span className="block font-mono text-sm break-all">{grant.nodeIds.join(", ")}</span>
        <span className="block font-mono text-sm break-all text-ink-subtle">{grant.id}</span>
      </TableCell>
      <TableCell className="align-top">
        <Badge tone={grantTone[grant.state]}>{grantLabel[grant.state]}</Badge>
      </TableCell>
      <TableCell className="align-top text-ink-muted">
        {grant.state === "revoked" ? "–" : <RelativeTime iso={grant.until} />}
      </TableCell>
      <TableCell className="align-top whitespace-normal text-ink-muted">
        <Who grant={grant} />
      </TableCell>
      <TableCell className="max-w-80 align-top break-words whitespace-normal">{grant.reason}</TableCell>
      <TableCell className="text-right align-top">
        {grant.state === "requested" ? (
          <ApproveGrant
            grant={grant}
            denied={denied ?? (isOwn ? "Someone else must approve your request." : null)}
            approve={actions.approve}
          />
        ) : null}
        {isOpen ? <RevokeGrant grant={grant} denied={denied} revoke={actions.revoke} /> : null}
      </TableCell>
    </TableRow>
  );
}

function Who({ grant }: { grant: MutationGrantView }) {
  return (
    <>
      <span className="block">{grant.grantedBy?.name ?? "a former user"}</span>
      {grant.approvedBy ? <span className="block">approved by {grant.approvedBy.name}</span> : null}
      {grant.revokedAt ? <span className="block">revoked by {grant.revokedBy?.name ?? "a key"}</span> : null}
    </>
  );
}
