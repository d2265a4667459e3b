import type { RunEvent } from "#/lib/contract/event.ts";
import type { LogLine } from "#/lib/contract/log.ts";
import type { Page } from "#/lib/contract/page.ts";
import type { Problem } from "#/lib/contract/problem.ts";
import type { Run, RunSummary, SpanDetail } from "#/lib/contract/run.ts";
import type { LogLevel } from "#/lib/contract/status.ts";
import type { TraceSkeleton } from "#/lib/contract/trace.ts";

/** A refused or failed request, with what can be told to the person in front of it. */
export class RequestError extends Error {
  readonly status: number;
  readonly requestId: string | null;

  constructor(message: string, status: number, requestId: string | null) {
    super(message);
    this.status = status;
    this.requestId = requestId;
  }
}

/** GETs a document of our API; throws RequestError with what can be told. */
export async function readJson<T>(path: string, signal?: AbortSignal, accept = "application/json"): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, { headers: { accept }, cache: "no-store", signal });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new RequestError("The server could not be reached. Check the connection and try again.", 0, null);
  }
  if (response.ok) return (await unpacked(response).json()) as T;
  const problem = (await response.json().catch(() => null)) as Partial<Problem> | null;
  const message = problem?.detail ?? problem?.title ?? `The server answered ${response.status}.`;
  throw new RequestError(message, response.status, problem?.requestId ?? response.headers.get("request-id"));
}

/** The skeleton of a finished run may come as the gzipped document that is stored for it. */
function unpacked(response: Response): Response {
  if (response.headers.get("content-type") !== "application/gzip" || !response.body) return response;
  return new Response(response.body.pipeThrough(new DecompressionStream("gzip")));
}

function runPath(workspace: string, runId: string, rest = "", query: Record<string, string> = {}): string {
  const search = new URLSearchParams({ workspace, ...query });
  return `/api/v1/runs/${encodeURIComponent(runId)}${rest}?${search}`;
}

/** The run's skeleton; with `after`, count 0 and the same rev when nothing changed since. */
export function readTrace(
  workspace: string,
  runId: string,
  after: number | null,
  signal?: AbortSignal,
): Promise<TraceSkeleton> {
  const path = runPath(workspace, runId, "/trace", after === null ? {} : { after: String(after) });
  return readJson(path, signal, "application/gzip, application/json;q=0.9");
}

export function readRun(workspace: string, runId: string, signal?: AbortSignal): Promise<Run> {
  return readJson(runPath(workspace, runId), signal);
}

export function readSpan(workspace: string, runId: string, spanId: string, signal?: AbortSignal): Promise<SpanDetail> {
  return readJson(runPath(workspace, runId, `/spans/${encodeURIComponent(spanId)}`), signal);
}

/** The newest replays of a run. */
export function readReplays(workspace: string, runId: string, signal?: AbortSignal): Promise<Page<RunSummary>> {
  return readJson(`/api/v1/runs?${new URLSearchParams({ workspace, replayOf: runId, limit: "20" })}`, signal);
}

/** A part of the run's history: at most a thousand events behind `after`, in order. */
export function readEvents(
  workspace: string,
  runId: string,
  after: number,
  signal?: AbortSignal,
): Promise<{ data: RunEvent[]; hasMore: boolean; final: boolean }> {
  return readJson(runPath(workspace, runId, "/events", { after: String(after) }), signal);
}

/** A page of log lines in order, from behind the line with the number `after`. */
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
