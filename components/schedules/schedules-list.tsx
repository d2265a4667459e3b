"use client";

import { CalendarClock } from "lucide-react";
import { useRef } from "react";
import { IdLink } from "#/components/runs/id-link.tsx";
import { schedulePath, tracePath } from "#/components/runs/run-links.ts";
import { useRowKeys } from "#/components/runs/use-row-keys.ts";
import { countOnPage } from "#/components/shell/list-pages.ts";
import { useRowLink } from "#/components/shell/use-row-link.ts";
import { Callout } from "#/components/ui/callout.tsx";
import { EmptyState } from "#/components/ui/empty-state.tsx";
import { Link } from "#/components/ui/link.tsx";
import { LinkPager } from "#/components/ui/link-pager.tsx";
import { PageHeader } from "#/components/ui/page-header.tsx";
import { RelativeTime } from "#/components/ui/relative-time.tsx";
import { Table, TableCell, TableHead, TableHeaderCell, TableRow } from "#/components/ui/table.tsx";
import type { Schedule } from "#/lib/contract/schedule.ts";
import { cronWords } from "./cron-words.ts";
import {
  type ChangeScheduleAction,
  type CreateScheduleAction,
  NewSchedule,
  type SamplePayloadAction,
} from "./edit-schedule.tsx";
import { EnabledSwitch } from "./schedule-controls.tsx";
import { useRefreshAfter } from "./use-refresh-after.ts";

/** A schedule as the list shows it: its payload may be large. */
export type ScheduleListed = Omit<Schedule, "payload">;

type Props = {
  workspaceSlug: string;
  schedules: ScheduleListed[];
  links: { previous: string | null; next: string | null };
  /** Slugs. */
  workflows: readonly string[];
  environments: readonly string[];
  denied: string | null;
  actions: { create: CreateScheduleAction; change: ChangeScheduleAction; sample: SamplePayloadAction };
};

/** The workspace's schedules, newest first, with what they do next and did last. */
export function SchedulesList({ workspaceSlug, schedules, links, denied, actions, ...choices }: Props) {
  const body = useRef<HTMLTableSectionElement>(null);
  useRowKeys(body, "schedule");
  useRefreshAfter(schedules.flatMap(({ next }) => next[0] ?? []).toSorted()[0] ?? null);
  return (
    <div className="flex min-h-0 grow flex-col">
      <PageHeader
        title="Schedules"
        actions={<NewSchedule {...choices} denied={denied} create={actions.create} sample={actions.sample} />}
      >
        Start a workflow by the clock. Each tick starts exactly one run, however many workers there are.
      </PageHeader>
      {denied ? (
        <Callout className="mx-3 mt-3 md:mx-4">You can view schedules but not change them. {denied}</Callout>
      ) : null}
      {schedules.length === 0 ? (
        <EmptyState icon={<CalendarClock aria-hidden />} title="No schedules yet">
          Select “New schedule”, choose a workflow and say when it runs, for example at 9:00 on weekdays.
        </EmptyState>
      ) : (
        <>
          <Table label="Schedules" boxClassName="min-h-0 grow basis-0" className="max-md:table-fixed">
            <TableHead>
              <TableRow>
                <TableHeaderCell className="w-18 pl-3 md:pl-4">Enabled</TableHeaderCell>
                <TableHeaderCell>Workflow</TableHeaderCell>
                <TableHeaderCell>When</TableHeaderCell>
                <TableHeaderCell className="max-lg:hidden">Environment</TableHeaderCell>
                <TableHeaderCell className="max-sm:hidden">Next run</TableHeaderCell>
                <TableHeaderCell className="max-md:hidden">Last run</TableHeaderCell>
              </TableRow>
            </TableHead>
            <tbody ref={body}>
              {schedules.map((schedule) => (
                <ScheduleRow
                  key={schedule.id}
                  workspaceSlug={workspaceSlug}
                  schedule={schedule}
                  denied={denied}
                  change={actions.change}
                />
              ))}
            </tbody>
          </Table>
          <LinkPager count={countOnPage(schedules.length, "schedule", links)} {...links} />
        </>
      )}
    </div>
  );
}

function ScheduleRow({
  workspaceSlug,
  schedule,
  denied,
  change,
}: {
  workspaceSlug: string;
  schedule: ScheduleListed;
  denied: string | null;
  change: ChangeScheduleAction;
}) {
  const href = schedulePath(workspaceSlug, schedule.id);
  const { cron, timeZone, next } = schedule;
  const words = cronWords(cron);
  const open = useRowLink(href);
  return (
    <TableRow
      data-schedule-id={schedule.id}
      onClick={open}
      className="cursor-default hover:[&>td]:bg-hover has-[a[data-row-link]:focus-visible]:[&>td]:bg-selected"
    >
      <TableCell className="pl-3 md:pl-4">
        <EnabledSwitch schedule={schedule} denied={denied} change={change} />
      </TableCell>
      <TableCell className="max-w-52">
        <Link
          href={href}
          data-row-link
          prefetch={false}
          className="block max-w-fit truncate rounded-sm font-medium focus-visible:outline-offset-2"
        >
          {schedule.workflow.slug}
          <span className="sr-only">, {words ?? cron}</span>
        </Link>
      </TableCell>
      <TableCell className="max-w-80 py-1.5 whitespace-normal">
        {words === null ? null : <span className="block">{words}</span>}
        <span className="flex flex-wrap gap-x-2.5 text-sm text-ink-muted">
          <span className="font-mono">{cron}</span>
          <span className="wrap-anywhere">{timeZone}</span>
        </span>
        {next[0] === undefined ? null : (
          <span className="block text-sm text-ink-muted sm:hidden">
            next <RelativeTime iso={next[0]} />
          </span>
        )}
      </TableCell>
      <TableCell className="text-ink-muted max-lg:hidden">{schedule.environment}</TableCell>
      <TableCell className="tabular text-ink-muted max-sm:hidden">
        {next[0] === undefined ? "–" : <RelativeTime iso={next[0]} />}
      </TableCell>
      <TableCell className="max-w-60 max-md:hidden">
        <LastTick workspaceSlug={workspaceSlug} schedule={schedule} />
      </TableCell>
    </TableRow>
  );
}

/** The run that the last tick made, or why it made none. */
export function LastTick({ workspaceSlug, schedule }: { workspaceSlug: string; schedule: ScheduleListed }) {
  const { lastAt, lastRun, lastError } = schedule;
  if (lastAt === null) return <span className="text-ink-subtle">none yet</span>;
  return (
    <span className="flex items-baseline gap-2">
      <RelativeTime iso={lastAt} className="shrink-0 text-ink-muted" />
      {lastRun === null ? null : <IdLink href={tracePath(workspaceSlug, lastRun)} id={lastRun} />}
      {lastError === null ? null : (
        <span title={lastError.message} className="truncate text-danger">
          {lastError.message}
        </span>
      )}
    </span>
  );
}
