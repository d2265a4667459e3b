"use client";

import { Button } from "#/components/ui/button.tsx";
import { formatCount } from "#/components/ui/format.ts";
import type { RunEvent } from "#/lib/contract/event.ts";
import type { Run } from "#/lib/contract/run.ts";
import { useState } from "react";
import { HistoryEntry, HistoryList, JumpButton } from "./history-list.tsx";
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
  const {
    entries: events,
    isLoading,
    hasMore,
    error,
    readMore,
  } = useEvents(workspaceSlug, run.id, `${run.status} ${run.steps}`);
  const own = spanId === undefined ? events : events.filter((event) => event.spanId === spanId);
  const shown = own.slice(0, most);
  const startedAt = events[0] === undefined ? null : Date.parse(run.startedAt ?? events[0].at);
  return (
    <div className="flex flex-col gap-2">
      <HistoryList
        label="Events"
        what="events"
        entries={shown.map((event) => (
          <EventLine key={`${event.seq} ${event.type}`} event={event} startedAt={startedAt} onJump={onJump} />
        ))}
        isLoading={isLoading}
        error={error}
        retry={readMore}
        empty={hasMore ? "None in the events loaded so far." : "No events were recorded."}
      />
      {own.length > most ? (
        <Button size="sm" className="self-start" onClick={() => setMost(most + shownAtOnce * 5)}>
          Show more ({formatCount(own.length - most)})
        </Button>
      ) : hasMore && !isLoading ? (
        <Button size="sm" className="self-start" onClick={readMore}>
          Load events after {formatCount(events.at(-1)?.seq ?? 0)}
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
  const note = noteOf(event);
  return (
    <HistoryEntry
      lead={<span className="tabular text-ink-subtle">{event.seq}</span>}
      at={event.at}
      startedAt={startedAt}
    >
      <span className="font-medium">{event.type}</span>{" "}
      {event.key !== null && spanId !== null && onJump ? (
        <JumpButton onClick={() => onJump(spanId)}>{event.key}</JumpButton>
      ) : event.key !== null ? (
        <span className="font-mono text-ink-muted">{event.key}</span>
      ) : null}
      {note === null ? null : <span className="block text-ink-muted">{note}</span>}
    </HistoryEntry>
  );
}

/** What an event says besides its type: an error's message, a reason, an effect. */
export function noteOf({ data }: Pick<RunEvent, "data">): string | null {
  const error = data["error"];
  const message = typeof error === "object" && error !== null && "message" in error ? error["message"] : null;
  const notes = [message, data["reason"], data["effect"]].filter(
    (note): note is string => typeof note === "string" && note !== "",
  );
  return notes.length === 0 ? null : notes.join(" · ");
}
