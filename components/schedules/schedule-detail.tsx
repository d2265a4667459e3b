"use client";

import { Fact, FactList } from "#/components/runs/fact-list.tsx";
import { scheduleRunsPath } from "#/components/runs/run-links.ts";
import { ActorName } from "#/components/shell/actor-name.tsx";
import type { ServerAction } from "#/components/shell/use-server-action.ts";
import { JsonView } from "#/components/trace/json-view.tsx";
import { buttonClass } from "#/components/ui/button-class.ts";
import { Callout } from "#/components/ui/callout.tsx";
import { CopyButton } from "#/components/ui/copy-button.tsx";
import { Link } from "#/components/ui/link.tsx";
import { RelativeTime } from "#/components/ui/relative-time.tsx";
import type { Schedule } from "#/lib/contract/schedule.ts";
import { cronWords } from "./cron-words.ts";
import { type ChangeScheduleAction, EditSchedule } from "./edit-schedule.tsx";
import { TimesList } from "./next-times.tsx";
import { DeleteSchedule, EnabledSwitch } from "./schedule-controls.tsx";
import { LastTick } from "./schedules-list.tsx";
import { useRefreshAfter } from "./use-refresh-after.ts";

/** A schedule: when it runs next, what it did last, what it starts runs with. */
export function ScheduleDetail({
  workspaceSlug,
  schedule,
  names,
  environments,
  denied,
  actions,
}: {
  workspaceSlug: string;
  schedule: Schedule;
  names: Record<string, string>;
  environments: readonly string[];
  denied: string | null;
  actions: { change: ChangeScheduleAction; remove: ServerAction<{ id: string }> };
}) {
  const { id, workflow, cron, timeZone, next, lastError } = schedule;
  const words = cronWords(cron);
  useRefreshAfter(next[0] ?? null);
  return (
    <div className="flex w-full max-w-5xl flex-col gap-5 p-4">
      <header className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <h1 className="min-w-0 truncate text-lg font-semibold">Schedule of {workflow.slug}</h1>
        <span className="flex items-center gap-1.5">
          <EnabledSwitch schedule={schedule} denied={denied} change={actions.change} />
          {schedule.enabled ? "Enabled" : "Disabled"}
        </span>
        <CopyButton value={id} label="Copy schedule id" className="-ml-1">
          <span className="max-w-[46vw] truncate font-mono text-sm">{id}</span>
        </CopyButton>
        <span className="grow" />
        <div className="flex flex-wrap items-center gap-1.5">
          <Link href={scheduleRunsPath(workspaceSlug, id)} className={buttonClass()}>
            See its runs
          </Link>
          <EditSchedule schedule={schedule} environments={environments} denied={denied} change={actions.change} />
          <DeleteSchedule
            schedule={schedule}
            listPath={`/${workspaceSlug}/schedules`}
            denied={denied}
            remove={actions.remove}
          />
        </div>
      </header>
      {lastError ? (
        <Callout kind="danger" title="The last tick started no run">
          <p>{lastError.message}</p>
          <p className="text-sm">
            <code className="font-mono">{lastError.code}</code>
          </p>
        </Callout>
      ) : null}
      <div className="grid gap-6 md:grid-cols-[minmax(0,1fr)_20rem]">
        <section aria-labelledby="facts-title">
          <h2 id="facts-title" className="pb-1 font-semibold">
            Facts
          </h2>
          <FactList>
            <Fact name="Workflow">
              <Link
                href={`/${workspaceSlug}/workflows/${workflow.slug}`}
                className="rounded-sm text-accent underline underline-offset-2"
              >
                {workflow.slug}
              </Link>
              , latest version
            </Fact>
            <Fact name="When">
              {words === null ? null : <span className="block">{words}</span>}
              <span className="font-mono text-sm">{cron}</span>
            </Fact>
            <Fact name="Time zone">{timeZone}</Fact>
            <Fact name="Environment">{schedule.environment}</Fact>
            <Fact name="Missed ticks">{schedule.catchUp ? "make one run, late" : "are skipped"}</Fact>
            <Fact name="Last run">
              <LastTick workspaceSlug={workspaceSlug} schedule={schedule} />
            </Fact>
            <Fact name="Created">
              <RelativeTime iso={schedule.createdAt} /> by <ActorName id={schedule.author} names={names} />
            </Fact>
          </FactList>
        </section>
        <section aria-labelledby="times-title">
          <h2 id="times-title" className="pb-1 font-semibold">
            Next five times
          </h2>
          {next.length === 0 ? (
            <p className="text-ink-muted">None while it is disabled.</p>
          ) : (
            <TimesList times={next} timeZone={timeZone} />
          )}
        </section>
      </div>
      <section aria-labelledby="payload-title">
        <h2 id="payload-title" className="pb-1 font-semibold">
          Payload
        </h2>
        <JsonView value={schedule.payload} label="Payload" />
      </section>
    </div>
  );
}
