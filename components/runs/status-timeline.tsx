"use client";

import { cn } from "#/components/ui/class-names.ts";
import { formatDuration, formatTimestamp } from "#/components/ui/format.ts";
import { RelativeTime, useNowMs } from "#/components/ui/relative-time.tsx";
import { type Tone, toneFill } from "#/components/ui/tones.ts";
import type { RunSummary } from "#/lib/contract/run.ts";
import { isFinal } from "#/lib/contract/status.ts";
import { reasonLabel, statusLabel, statusTone } from "./run-words.ts";

type Moment = { name: string; at: string | null; tone: Tone; note: string | null };

/** Created, started, finished, each with its time and how long it took to get there. */
export function StatusTimeline({ run }: { run: RunSummary }) {
  const now = useNowMs();
  return (
    <ol aria-label="Status timeline" className="flex flex-col">
      {momentsOf(run, now).map((moment, index, all) => (
        <li key={moment.name} className="relative flex gap-3 pb-4 last:pb-0">
          {index < all.length - 1 ? (
            <span aria-hidden className="absolute top-4 bottom-0 left-[4px] w-px bg-line-strong" />
          ) : null}
          <span
            aria-hidden
            className={cn(
              "relative mt-1.5 size-[9px] shrink-0 rounded-full",
              moment.at ? toneFill[moment.tone] : "border border-field-line bg-canvas",
            )}
          />
          <div className="min-w-0">
            <p className="font-medium">{moment.name}</p>
            {moment.at ? (
              <p className="text-sm text-ink-muted">
                {formatTimestamp(moment.at)}{" "}
                <span className="text-ink-subtle">
                  (<RelativeTime iso={moment.at} />)
                </span>
              </p>
            ) : null}
            {moment.note ? <p className="text-sm text-ink-subtle">{moment.note}</p> : null}
          </div>
        </li>
      ))}
    </ol>
  );
}

/** Pure: `nowMs` null leaves out what counts up. */
function momentsOf(run: RunSummary, nowMs: number | null): Moment[] {
  const queuedMs = run.startedAt ? Date.parse(run.startedAt) - Date.parse(run.createdAt) : null;
  const runningMs = run.startedAt && nowMs !== null ? Math.max(0, nowMs - Date.parse(run.startedAt)) : null;
  const ended = isFinal(run.status);
  const until = run.statusReason === "delayed" && run.startAt ? ` until ${formatTimestamp(run.startAt)}` : "";
  const reason = run.statusReason ? `: ${reasonLabel[run.statusReason]}` : "";
  return [
    { name: "Created", at: run.createdAt, tone: "pending", note: null },
    {
      name: "Started",
      at: run.startedAt,
      tone: "running",
      note: run.startedAt
        ? `after ${formatDuration(queuedMs)} in the queue`
        : ended
          ? "never"
          : `${statusLabel[run.status]}${reason}${until}`,
    },
    ended
      ? {
          name: `Finished: ${statusLabel[run.status].toLowerCase()}`,
          at: run.finishedAt,
          tone: statusTone[run.status],
          note: run.durationMs === null ? null : `after ${formatDuration(run.durationMs)}`,
        }
      : {
          name: "Finished",
          at: null,
          tone: "neutral",
          note: run.startedAt
            ? `${statusLabel[run.status]}${reason}${runningMs === null ? "" : `, ${formatDuration(runningMs)} so far`}`
            : null,
        },
  ];
}
