"use client";

import { Button } from "#/components/ui/button.tsx";
import { Callout } from "#/components/ui/callout.tsx";
import { formatCount, formatDuration } from "#/components/ui/format.ts";
import { Skeleton } from "#/components/ui/skeleton.tsx";
import type { RunEvent } from "#/lib/contract/event.ts";
import type { Run } from "#/lib/contract/run.ts";
import { useState } from "react";
import { useEvents } from "./use-events.ts";

const shownAtOnce = 200;

/** The ordered history of the run, or of one span of it. */
export function EventLog({
  run,
  workspaceSlug,
  spanId,
  onJump,
}: {
  run: Run;
  workspaceSlug: string;
  /** Only this span's events. */
  spanId?: string;
  onJump?: (spanId: string) => void;
}) {
  const [most, setMost] = useState(shownAtOnce);
  const { events, isLoading, hasMore, error, readMore } = useEvents(
    workspaceSlug,
    run.id,
    `${run.status} ${run.steps}`,
  );
  const own = spanId === undefined ? events : events.filter((event) => event.spanId === spanId);
  const shown = own.slice(0, most);
  const startedAt = events[0] === undefined ? null : Date.parse(run.startedAt ?? events[0].at);
  return (
    <div className="flex flex-col gap-2">
      {error === null ? null : (
        <Callout
          kind="warning"
          action={
            <Button size="sm" onClick={readMore}>
              Try again
            </Button>
          }
        >
          The events could not be read. {error}
        </Callout>
      )}
      {shown.length > 0 ? (
        <ol aria-label="Events" className="flex flex-col">
          {shown.map((event) => (
            <EventLine key={`${event.seq} ${event.type}`} event={event} startedAt={startedAt} onJump={onJump} />
          ))}
        </ol>
      ) : isLoading ? (
        <div role="status" aria-label="Loading the events" className="flex flex-col gap-3 py-1">
          <Skeleton className="w-4/5" />
          <Skeleton className="w-3/5" />
        </div>
      ) : error === null ? (
        <p className="text-ink-subtle">{hasMore ? "None among the events read so far." : "No events were recorded."}</p>
      ) : null}
      {own.length > most ? (
        <Button size="sm" className="self-start" onClick={() => setMost(most + shownAtOnce * 5)}>
          Show more ({formatCount(own.length - most)})
        </Button>
      ) : hasMore && !isLoading ? (
        <Button size="sm" className="self-start" onClick={readMore}>
          Read on behind event {formatCount(events.at(-1)?.seq ?? 0)}
        </Button>
      ) : null}
    </div>
  );
}

function EventLine({
  event,
  startedAt,
  onJump,
}: {
  event: RunEvent;
  startedAt: number | null;
  onJump?: (spanId: string) => void;
}) {
  const { spanId } = event;
  const after = startedAt === null ? null : Date.parse(event.at) - startedAt;
  const note = noteOf(event);
  return (
    <li className="grid grid-cols-[3rem_minmax(0,1fr)_auto] items-baseline gap-x-2 border-b border-line py-1 text-sm last:border-0">
      <span className="tabular text-ink-subtle">{event.seq}</span>
      <span className="min-w-0 break-words">
        <span className="font-medium">{event.type}</span>{" "}
        {event.key !== null && spanId !== null && onJump ? (
          <button
            type="button"
            onClick={() => onJump(spanId)}
            className="rounded-sm font-mono text-accent underline underline-offset-2 hover:text-accent-hover"
          >
            {event.key}
          </button>
        ) : event.key !== null ? (
          <span className="font-mono text-ink-muted">{event.key}</span>
        ) : null}
        {note === null ? null : <span className="block text-ink-muted">{note}</span>}
      </span>
      <time dateTime={event.at} title={event.at} className="tabular whitespace-nowrap text-ink-subtle">
        {after === null ? event.at : after < 0 ? `−${formatDuration(-after)}` : `+${formatDuration(after)}`}
      </time>
    </li>
  );
}

/** What an event says beside its type: an error's message, a reason, an effect. */
export function noteOf({ data }: Pick<RunEvent, "data">): string | null {
  const error = data["error"];
  const message = typeof error === "object" && error !== null && "message" in error ? error["message"] : null;
  const notes = [message, data["reason"], data["effect"]].filter(
    (note): note is string => typeof note === "string" && note !== "",
  );
  return notes.length === 0 ? null : notes.join(" · ");
}
