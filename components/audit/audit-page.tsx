import { ScrollText, SearchX } from "lucide-react";
import { Link } from "#/components/ui/link.tsx";
import { ActorName } from "#/components/shell/actor-name.tsx";
import { countOnPage } from "#/components/shell/list-pages.ts";
import { buttonClass } from "#/components/ui/button-class.ts";
import { EmptyState } from "#/components/ui/empty-state.tsx";
import { formatTimestamp, shortId } from "#/components/ui/format.ts";
import { LinkPager } from "#/components/ui/link-pager.tsx";
import { PageHeader } from "#/components/ui/page-header.tsx";
import { RelativeTime } from "#/components/ui/relative-time.tsx";
import { Table, TableCell, TableHead, TableHeaderCell, TableRow } from "#/components/ui/table.tsx";
import { exportFormats } from "#/lib/api/audit-export.ts";
import type { AuditEventView } from "#/lib/contract/administration.ts";
import { AuditFilters } from "./audit-filters.tsx";
import { type AuditFilter, type AuditQuery, hasAuditFilter } from "./audit-query.ts";
import { detailsLine, targetPath } from "./audit-target.ts";

type Props = {
  workspaceSlug: string;
  query: AuditQuery;
  /** The API's own filters, for downloads. */
  filter: AuditFilter;
  events: AuditEventView[];
  links: { previous: string | null; next: string | null };
  names: Record<string, string>;
  /** To filter by. */
  choices: { actions: string[]; actors: { id: string; name: string }[] };
};

/** Who did what, newest first. */
export function AuditPage(props: Props) {
  const { workspaceSlug, query, filter, events, links, choices } = props;
  const path = `/${workspaceSlug}/audit-log`;
  return (
    <div className="flex min-h-0 grow flex-col">
      <PageHeader title="Audit log" actions={<ExportLinks workspaceSlug={workspaceSlug} filter={filter} />}>
        Every sensitive action, recorded in the same transaction as the action itself.
      </PageHeader>
      <AuditFilters path={path} query={query} choices={choices} />
      {events.length === 0 ? (
        <NoEvents path={path} isFiltered={hasAuditFilter(query) || query.page.cursor !== null} />
      ) : (
        <>
          <Table
            label="Audit events"
            boxClassName="min-h-0"
            className="[&_:is(td,th)]:align-top [&_:is(td,th):first-child]:pl-3 md:[&_:is(td,th):first-child]:pl-4 [&_td]:py-1.5 [&_th]:align-middle"
          >
            <TableHead>
              <tr>
                <TableHeaderCell>Time</TableHeaderCell>
                <TableHeaderCell>Action</TableHeaderCell>
                <TableHeaderCell>Actor</TableHeaderCell>
                <TableHeaderCell>Target</TableHeaderCell>
                <TableHeaderCell>Details</TableHeaderCell>
              </tr>
            </TableHead>
            <tbody>
              {events.map((event) => (
                <EventRow key={event.id} event={event} page={props} />
              ))}
            </tbody>
          </Table>
          <LinkPager count={countOnPage(events.length, "event", links)} {...links} />
        </>
      )}
    </div>
  );
}

function EventRow({ event, page }: { event: AuditEventView; page: Props }) {
  return (
    <TableRow className="hover:bg-hover">
      <TableCell className="text-ink-muted">
        <RelativeTime iso={event.createdAt} />
      </TableCell>
      <TableCell className="font-mono text-sm">{event.action}</TableCell>
      <TableCell>
        <ActorName id={event.actor.id} names={page.names} />
      </TableCell>
      <TableCell>
        <Target event={event} page={page} />
      </TableCell>
      <TableCell className="max-w-md min-w-56 whitespace-normal">
        <Details event={event} />
      </TableCell>
    </TableRow>
  );
}

function Target({ event, page }: { event: AuditEventView; page: Props }) {
  const { target } = event;
  if (target === null) return <span className="text-ink-subtle">–</span>;
  const name = Object.hasOwn(page.names, target) ? page.names[target] : undefined;
  const face = name ?? shortId(target, 14, 6);
  const path = targetPath(page.workspaceSlug, event);
  if (!path)
    return (
      <span title={target} className={name ? "" : "font-mono text-sm"}>
        {face}
      </span>
    );
  return (
    <Link href={path} title={target} className="rounded-sm font-mono text-sm text-accent hover:underline">
      {face}
    </Link>
  );
}

function Details({ event }: { event: AuditEventView }) {
  const line = detailsLine(event.details);
  return (
    <details>
      <summary className="cursor-pointer truncate rounded-sm text-ink-muted hover:text-ink">
        {line === "" ? "no details" : line}
      </summary>
      <dl className="mt-1 grid grid-cols-[5rem_minmax(0,1fr)] gap-x-2 text-sm">
        <dt className="text-ink-subtle">Time</dt>
        <dd>{formatTimestamp(event.createdAt)}</dd>
        <dt className="text-ink-subtle">Event</dt>
        <dd className="font-mono break-all">{event.id}</dd>
        <dt className="text-ink-subtle">Request</dt>
        <dd className="font-mono break-all">{event.requestId ?? "–"}</dd>
        <dt className="text-ink-subtle">Actor</dt>
        <dd className="font-mono break-all">{event.actor.id ?? event.actor.kind}</dd>
        <dt className="text-ink-subtle">Target</dt>
        <dd className="font-mono break-all">{event.target ?? "–"}</dd>
      </dl>
      {line === "" ? null : (
        <pre className="mt-1 rounded-sm border border-line bg-surface p-2 font-mono text-sm break-words whitespace-pre-wrap">
          {JSON.stringify(event.details, null, 2)}
        </pre>
      )}
    </details>
  );
}

function ExportLinks({ workspaceSlug, filter }: { workspaceSlug: string; filter: AuditFilter }) {
  const given = Object.entries(filter).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return exportFormats.map((format) => {
    const search = new URLSearchParams([["workspace", workspaceSlug], ...given, ["format", format]]);
    return (
      // A download, not a page: the router must not fetch it.
      <a key={format} href={`/api/v1/audit-events/export?${search}`} download className={buttonClass()}>
        Export {format.toUpperCase()}
      </a>
    );
  });
}

function NoEvents({ path, isFiltered }: { path: string; isFiltered: boolean }) {
  if (!isFiltered)
    return (
      <EmptyState icon={<ScrollText aria-hidden />} title="No events yet">
        Replays, cancellations, and changes to keys, members, policies, models, prompts, workflows and variables appear
        here.
      </EmptyState>
    );
  return (
    <EmptyState
      icon={<SearchX aria-hidden />}
      title="No events match these filters"
      action={
        <Link href={path} className={buttonClass()}>
          Clear filters
        </Link>
      }
    >
      Remove a filter or widen the time range.
    </EmptyState>
  );
}
