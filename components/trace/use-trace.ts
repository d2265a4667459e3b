"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef } from "react";
import { followEvents } from "#/components/data/follow-events.ts";
import { RequestError } from "#/components/data/request.ts";
import { eventsPath, readRun, readTrace } from "#/components/data/run-reads.ts";
import type { Run } from "#/lib/contract/run.ts";
import { isFinal } from "#/lib/contract/status.ts";
import type { TraceSkeleton } from "#/lib/contract/trace.ts";
import { LiveTrace } from "./live-trace.ts";
import { throttleTask } from "./throttle.ts";
import { toTraceColumns, type TraceColumns } from "./trace-columns.ts";

/** At most four reads a second, however fast the run writes. */
const refreshMs = 250;
/** Of a long run fewer: putting its rows in order takes at most a thirtieth of the time. */
const restPerWork = 30;
/** The run itself, with its payload and output, is read when its status changes, and at most so often otherwise. */
const runEveryMs = 1000;
/** What has come of a long run is shown before all has. */
const showEveryMs = 500;

export type TraceState = {
  run: Run;
  trace: TraceColumns | null;
  error: RequestError | null;
  retry: () => void;
  /** Asks for the newest state now, for example after an action of our own. */
  refresh: () => void;
};

type Read = {
  run: Run;
  runReadAt: number;
  trace: TraceColumns;
  /** Of a running run. */
  live: LiveTrace | null;
  /** How long the rows took to be put in order, in ms. */
  workMs: number;
  rev: number;
  isEnded: boolean;
  /** When to read again without being told, in ms; null = not before something happens. */
  againInMs: number | null;
};

/**
 * The run and its trace, kept current: a finished run is loaded once; of a running one come segments, what has changed
 * since the last. When it has ended it is read whole once more, so that the last picture is the server's own.
 */
export function useTrace(workspaceSlug: string, initial: Run): TraceState {
  const runId = initial.id;
  const client = useQueryClient();
  const ask = useRef<() => void>(() => {});
  const wasEnded = useRef(isFinal(initial.status));
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ["trace", workspaceSlug, runId],
    structuralSharing: false,
    queryFn: ({ signal, queryKey }) =>
      readOn(workspaceSlug, initial, client.getQueryData<Read>(queryKey) ?? null, signal),
  });
  useEffect(() => {
    const abort = new AbortController();
    let again: ReturnType<typeof setTimeout> | undefined;
    const load = async () => {
      // The first read may have begun before this request: wait for it, then read again.
      const isFirst = client.getQueryData(["trace", workspaceSlug, runId]) === undefined;
      await refetch();
      if (isFirst) await refetch();
      const againInMs = client.getQueryData<Read>(["trace", workspaceSlug, runId])?.againInMs ?? null;
      clearTimeout(again);
      if (againInMs !== null) again = setTimeout(throttled.ask, againInMs);
    };
    const workMs = () => client.getQueryData<Read>(["trace", workspaceSlug, runId])?.workMs ?? 0;
    const throttled = throttleTask(load, () => Math.max(refreshMs, workMs() * restPerWork));
    ask.current = throttled.ask;
    if (!wasEnded.current)
      void followEvents(eventsPath(workspaceSlug, runId), abort.signal, {
        onEvent: throttled.ask,
        onConnected: throttled.ask,
      }).then(throttled.ask);
    return () => {
      abort.abort();
      clearTimeout(again);
      throttled.stop();
    };
  }, [client, workspaceSlug, runId, refetch]);
  const isEnded = data?.isEnded ?? false;
  useEffect(() => {
    if (isEnded && !wasEnded.current) ask.current();
    wasEnded.current ||= isEnded;
  }, [isEnded]);
  const retry = useCallback(() => void refetch(), [refetch]);
  const refresh = useCallback(() => ask.current(), []);
  return {
    ...{ run: data?.run ?? initial, trace: data?.trace ?? null, retry, refresh },
    error: error && (data || !isFetching) ? asRequestError(error) : null,
  };
}

/** The state after the known one; its trace stays the same object while nothing changed. */
async function readOn(workspaceSlug: string, initial: Run, known: Read | null, signal: AbortSignal): Promise<Read> {
  const { id } = initial;
  if (known === null && isFinal(initial.status)) {
    const skeleton = await readTrace(workspaceSlug, id, null, signal);
    return whole(skeleton as TraceSkeleton, initial, known);
  }
  const live = known?.live ?? new LiveTrace(id);
  const began = performance.now();
  // A read that failed half-way has put its rows in already.
  let isChanged = known?.live !== live || known.rev !== live.rev;
  for (;;) {
    const answer = await readTrace(workspaceSlug, id, known && !known.live ? known.rev : live.rev, signal);
    if (!("segment" in answer)) return whole(answer, await readRun(workspaceSlug, id, signal), known);
    live.apply(answer);
    isChanged ||= answer.count > 0;
    if (answer.hasMore && performance.now() - began < showEveryMs) continue;
    const isRunDue = answer.status !== known?.run.status || Date.now() - known.runReadAt >= runEveryMs;
    const fresh = isRunDue ? await readRun(workspaceSlug, id, signal) : null;
    const ordering = performance.now();
    const trace = known && !isChanged ? known.trace : live.columns();
    return {
      run: fresh ?? known?.run ?? initial,
      runReadAt: fresh ? Date.now() : (known?.runReadAt ?? 0),
      ...{ trace, live, rev: live.rev },
      workMs: performance.now() - ordering,
      isEnded: fresh !== null && isFinal(fresh.status),
      againInMs: answer.hasMore ? 0 : isRunDue ? null : runEveryMs,
    };
  }
}

function whole(skeleton: TraceSkeleton, run: Run, known: Read | null): Read {
  const trace = known && skeleton.count === 0 ? known.trace : toTraceColumns(skeleton);
  return {
    run,
    runReadAt: Date.now(),
    trace,
    live: null,
    workMs: 0,
    rev: skeleton.rev,
    isEnded: true,
    againInMs: null,
  };
}

function asRequestError(error: Error): RequestError {
  return error instanceof RequestError ? error : new RequestError("The trace could not be read.", 0, null);
}
