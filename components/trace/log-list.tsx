"use client";

import { useState } from "react";
import { Button } from "#/components/ui/button.tsx";
import { Callout } from "#/components/ui/callout.tsx";
import { Checkbox } from "#/components/ui/checkbox.tsx";
import { formatDuration } from "#/components/ui/format.ts";
import { Skeleton } from "#/components/ui/skeleton.tsx";
import type { LogLine } from "#/lib/contract/log.ts";
import type { Run } from "#/lib/contract/run.ts";
import type { LogLevel } from "#/lib/contract/status.ts";
import { useLogs } from "./use-logs.ts";

const tones: Record<LogLevel, string> = {
  debug: "text-ink-subtle",
  info: "text-ink-muted",
  warn: "text-warning",
  error: "text-danger",
};

/** The log lines of the run, or of one span and those inside of it. */
export function LogList({
  run,
  workspaceSlug,
  spanId,
  onJump,
}: {
  run: Run;
  workspaceSlug: string;
  spanId?: string;
  onJump?: (spanId: string) => void;
}) {
  const [isGraveOnly, setGraveOnly] = useState(false);
  const { lines, isLoading, hasMore, error, readMore } = useLogs(
    workspaceSlug,
    run.id,
    { spanId, level: isGraveOnly ? "warn" : undefined },
    `${run.status} ${run.steps}`,
  );
  const startedAt = run.startedAt === null ? null : Date.parse(run.startedAt);
  return (
    <div className="flex flex-col gap-2">
      <Checkbox checked={isGraveOnly} onCheckedChange={setGraveOnly} label="Warnings and errors only" />
      {error === null ? null : (
        <Callout
          kind="warning"
          action={
            <Button size="sm" onClick={readMore}>
              Try again
            </Button>
          }
        >
          The log could not be read. {error}
        </Callout>
      )}
      {lines.length > 0 ? (
        <ol aria-label="Log lines" className="flex flex-col">
          {lines.map((line) => (
            <Line key={line.seq} line={line} startedAt={startedAt} onJump={onJump} />
          ))}
        </ol>
      ) : isLoading ? (
        <div role="status" aria-label="Loading the log" className="flex flex-col gap-3 py-1">
          <Skeleton className="w-4/5" />
          <Skeleton className="w-3/5" />
        </div>
      ) : error === null ? (
        <p className="text-ink-subtle">{isGraveOnly ? "No warnings and no errors." : "Nothing was logged."}</p>
      ) : null}
      {hasMore && !isLoading ? (
        <Button size="sm" className="self-start" onClick={readMore}>
          Show more
        </Button>
      ) : null}
    </div>
  );
}

function Line({
  line,
  startedAt,
  onJump,
}: {
  line: LogLine;
  startedAt: number | null;
  onJump?: (spanId: string) => void;
}) {
  const { spanId, nodeId } = line;
  const after = startedAt === null ? null : Date.parse(line.at) - startedAt;
  return (
    <li className="grid grid-cols-[3rem_minmax(0,1fr)_auto] items-baseline gap-x-2 border-b border-line py-1 text-sm last:border-0">
      <span className={tones[line.level]}>{line.level}</span>
      <span className="min-w-0 break-words">
        {line.message}
        {nodeId === null || !onJump || spanId === null ? null : (
          <>
            {" "}
            <button
              type="button"
              onClick={() => onJump(spanId)}
              className="rounded-sm font-mono text-accent underline underline-offset-2 hover:text-accent-hover"
            >
              {nodeId}
            </button>
          </>
        )}
      </span>
      <time dateTime={line.at} title={line.at} className="tabular whitespace-nowrap text-ink-subtle">
        {after === null ? line.at : after < 0 ? `−${formatDuration(-after)}` : `+${formatDuration(after)}`}
      </time>
    </li>
  );
}
