import { queryOptions } from "@tanstack/react-query";
import type { RunComparison } from "#/lib/contract/compare.ts";
import type { RunEvent } from "#/lib/contract/event.ts";
import type { LogLine } from "#/lib/contract/log.ts";
import type { Page } from "#/lib/contract/page.ts";
import type { OpenApproval, Run, RunSummary, SpanDetail } from "#/lib/contract/run.ts";
import type { LogLevel } from "#/lib/contract/status.ts";
import { mostSegmentRows, type Trace } from "#/lib/contract/trace.ts";
import { readJson } from "./request.ts";

function runPath(workspace: string, runId: string, rest = "", query: Record<string, string> = {}): string {
  const search = new URLSearchParams({ workspace, ...query });
  return `/api/v1/runs/${encodeURIComponent(runId)}${rest}?${search}`;
}

/** The run's skeleton; with `after`, what changed since of a running run (contract/trace.ts). */
export function readTrace(
  workspace: string,
  runId: string,
  after: number | null,
  signal?: AbortSignal,
): Promise<Trace> {
  const query: Record<string, string> = after === null ? {} : { after: String(after), limit: String(mostSegmentRows) };
  const path = runPath(workspace, runId, "/trace", query);
  return readJson(path, signal, "application/gzip, application/json;q=0.9");
}

export function readRun(workspace: string, runId: string, signal?: AbortSignal): Promise<Run> {
  return readJson(runPath(workspace, runId), signal);
}

/** Bodies may be megabytes: they are kept for going back and forth, not for long. */
const spanKeptMs = 20_000;

/** A span with its body. One that has ended no longer changes. */
export function spanQuery(workspace: string, runId: string, spanId: string) {
  return queryOptions({
    queryKey: ["span", workspace, runId, spanId],
    queryFn: ({ signal }) =>
      readJson<SpanDetail>(runPath(workspace, runId, `/spans/${encodeURIComponent(spanId)}`), signal),
    gcTime: spanKeptMs,
    staleTime: ({ state }) => (state.data?.finishedAt ? Infinity : 0),
    structuralSharing: false,
  });
}
export type SpanQueryOf = (spanId: string) => ReturnType<typeof spanQuery>;

/** The newest replays of a run; read again when `version` changes, as after a submit. */
export function replaysQuery(workspace: string, runId: string, version: number) {
  const search = new URLSearchParams({ workspace, replayOf: runId, limit: "20" });
  return queryOptions({
    queryKey: ["replays", workspace, runId, version],
    queryFn: ({ signal }) => readJson<Page<RunSummary>>(`/api/v1/runs?${search}`, signal),
  });
}

/** The first hundred approvals that a run waits for; the others follow as these are decided. */
export function approvalsQuery(workspace: string, runId: string) {
  return queryOptions({
    queryKey: ["approvals", workspace, runId],
    queryFn: ({ signal }) => readJson<Page<OpenApproval>>(runPath(workspace, runId, "/approvals"), signal),
  });
}

/** Two runs side by side. */
export function readComparison(workspace: string, a: string, b: string, signal: AbortSignal): Promise<RunComparison> {
  return readJson(runPath(workspace, a, `/compare/${encodeURIComponent(b)}`), signal);
}

/** A page of the runs list; `search` is its filter. */
export function readRuns(workspace: string, search: URLSearchParams, signal: AbortSignal): Promise<Page<RunSummary>> {
  search.set("workspace", workspace);
  return readJson(`/api/v1/runs?${search}`, signal);
}

/** A part of the run's history: at most a thousand events after number `after`, in order. */
export function readEvents(
  workspace: string,
  runId: string,
  after: number,
  signal?: AbortSignal,
): Promise<{ data: RunEvent[]; hasMore: boolean; final: boolean }> {
  return readJson(runPath(workspace, runId, "/events", { after: String(after) }), signal);
}

/** A page of log lines in order, starting after the line with the number `after`. */
export function readLogs(
  workspace: string,
  runId: string,
  of: { spanId?: string; level?: LogLevel; after?: number },
  signal?: AbortSignal,
): Promise<Page<LogLine>> {
  const query = Object.fromEntries(
    Object.entries({ ...of, limit: 100 })
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, String(value)]),
  );
  return readJson(runPath(workspace, runId, "/logs", query), signal);
}

export function eventsPath(workspace: string, runId: string): string {
  return runPath(workspace, runId, "/events");
}
