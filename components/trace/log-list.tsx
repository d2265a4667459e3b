"use client";

import { useState } from "react";
import { Button } from "#/components/ui/button.tsx";
import { Checkbox } from "#/components/ui/checkbox.tsx";
import type { LogLine } from "#/lib/contract/log.ts";
import type { Run } from "#/lib/contract/run.ts";
import type { LogLevel } from "#/lib/contract/status.ts";
import { HistoryEntry, HistoryList, JumpButton } from "./history-list.tsx";
import { useLogs } from "./use-logs.ts";

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
}: {
  run: Run;
  workspaceSlug: string;
  spanId?: string;
  onJump?: (spanId: string) => void;
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
          <Line key={line.seq} line={line} startedAt={startedAt} onJump={onJump} />
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
}: {
  line: LogLine;
  startedAt: number | null;
  onJump?: (spanId: string) => void;
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
    </HistoryEntry>
  );
}
