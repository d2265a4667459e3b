"use client";

import { RotateCcw } from "lucide-react";
import { useState } from "react";
import { Button } from "#/components/ui/button.tsx";
import { IconButton } from "#/components/ui/icon-button.tsx";
import { Checkbox } from "#/components/ui/checkbox.tsx";
import type { LogLine } from "#/lib/contract/log.ts";
import type { Run } from "#/lib/contract/run.ts";
import type { LogLevel } from "#/lib/contract/status.ts";
import { HistoryEntry, HistoryList, JumpButton } from "./history-list.tsx";
import type { ReplayFrom } from "./span-menu.tsx";
import { useLogs } from "./use-logs.ts";

/** "Replay from here" for the span of a log line. */
export type ReplayFromSpan = (spanId: string) => ReplayFrom;

const tones: Record<LogLevel, string> = {
  debug: "text-ink-subtle",
  info: "text-ink-muted",
  warn: "text-warning",
  error: "text-danger",
};

/** The log lines of the run, or of one span and those inside it. */
export function LogList({
  run,
  workspaceSlug,
  spanId,
  onJump,
  replayFromSpan,
}: {
  run: Run;
  workspaceSlug: string;
  spanId?: string;
  onJump?: (spanId: string) => void;
  replayFromSpan: ReplayFromSpan;
}) {
  const [isGraveOnly, setGraveOnly] = useState(false);
  const {
    entries: lines,
    isLoading,
    hasMore,
    error,
    readMore,
  } = useLogs(workspaceSlug, run.id, { spanId, level: isGraveOnly ? "warn" : undefined }, `${run.status} ${run.steps}`);
  const startedAt = run.startedAt === null ? null : Date.parse(run.startedAt);
  return (
    <div className="flex flex-col gap-2">
      <Checkbox checked={isGraveOnly} onCheckedChange={setGraveOnly} label="Warnings and errors only" />
      <HistoryList
        label="Log lines"
        what="log"
        entries={lines.map((line) => (
          <Line key={line.seq} line={line} startedAt={startedAt} onJump={onJump} replayFromSpan={replayFromSpan} />
        ))}
        isLoading={isLoading}
        error={error}
        retry={readMore}
        empty={isGraveOnly ? "No warnings and no errors." : "Nothing was logged."}
      />
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
  replayFromSpan,
}: {
  line: LogLine;
  startedAt: number | null;
  onJump?: (spanId: string) => void;
  replayFromSpan: ReplayFromSpan;
}) {
  const { spanId, nodeId } = line;
  return (
    <HistoryEntry lead={<span className={tones[line.level]}>{line.level}</span>} at={line.at} startedAt={startedAt}>
      {line.message}
      {nodeId === null || !onJump || spanId === null ? null : (
        <>
          {" "}
          <JumpButton onClick={() => onJump(spanId)}>{nodeId}</JumpButton>
        </>
      )}
      {spanId === null ? null : <ReplayFromLine replayFrom={replayFromSpan(spanId)} />}
    </HistoryEntry>
  );
}

/** What cannot be replayed from has no button: a list of them that do nothing would only be in the way. */
function ReplayFromLine({ replayFrom: { path, reason, open } }: { replayFrom: ReplayFrom }) {
  if (path === null || reason !== null) return null;
  return (
    <IconButton
      label={`Replay from here (${path})`}
      icon={<RotateCcw aria-hidden />}
      onClick={open}
      className="ml-1 size-6 align-middle [&_svg]:size-3.5"
    />
  );
}
