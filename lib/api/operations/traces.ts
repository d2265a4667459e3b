import { z } from "zod";
import { RunEvent } from "#/lib/contract/event.ts";
import { LogFilter, LogLine } from "#/lib/contract/log.ts";
import { pageOf, PageQuery, pageQueryUpTo } from "#/lib/contract/page.ts";
import { SpanDetail, Step } from "#/lib/contract/run.ts";
import { mostSegmentRows, Trace, usualSegmentRows } from "#/lib/contract/trace.ts";
import { RestingTurns } from "#/lib/core/resting-turns.ts";
import { assertRun } from "#/lib/runs/get-run.ts";
import { listSteps, mostSteps } from "#/lib/runs/list-steps.ts";
import { subscribeRun } from "#/lib/runs/live.ts";
import { mostEvents, readEvents } from "#/lib/runs/read-events.ts";
import { readLogs } from "#/lib/runs/read-logs.ts";
import { readSpan } from "#/lib/runs/read-span.ts";
import { readTraceGzip, readTraceText } from "#/lib/traces/read-trace.ts";
import { jsonText, ok } from "../answer.ts";
import { eventStream, lastEventId, wantsEventStream } from "../event-stream.ts";
import { operation } from "../operation.ts";
import { acceptsPacked, packedJson } from "../packed-json.ts";
import { afterOf, pageOn } from "../pagination.ts";
import { ById, Id } from "./path-params.ts";

const tag = "Runs";

/** What the streams of a workspace read: however many there are, together they cost as much as one. */
const readings = new RestingTurns();

export const traceOperations = [
  operation({
    method: "GET",
    path: "/runs/{id}/trace",
    id: "readTrace",
    tag,
    summary: "Read the span skeleton of a run: columns, no payloads",
    note: "With `after`, a running run answers with a segment: only what changed, at a cost that depends on that. A finished run always answers with the whole skeleton, or with `count` 0 when you have its `rev`.",
    action: "run:read",
    params: ById,
    query: z.object({
      after: z.coerce
        .number()
        .int()
        .min(0)
        .optional()
        .meta({ description: "The `rev` that you have; 0 = nothing yet" }),
      limit: z.coerce
        .number()
        .int()
        .min(1)
        .max(mostSegmentRows)
        .optional()
        .meta({ description: `Changed spans of a segment (${usualSegmentRows})` }),
    }),
    answers: {
      200: {
        content: {
          "application/json": Trace,
          "application/gzip": z.string().meta({ description: "The same JSON, gzipped, for a finished run" }),
        },
      },
    },
    errors: ["not_found"],
    handle: async ({ ctx, params, query, request }) => {
      if (!acceptsPacked(request)) return jsonText(await readTraceText(ctx, params.id, query));
      const read = await readTraceGzip(ctx, params.id, query);
      return "gzip" in read ? packedJson(read.gzip) : jsonText(read.text);
    },
  }),
  operation({
    method: "GET",
    path: "/runs/{id}/spans/{spanId}",
    id: "readSpan",
    tag,
    summary: "Read one span with input, output and attributes",
    action: "run:read",
    params: ById.extend({ spanId: Id }),
    answers: { 200: SpanDetail },
    errors: ["not_found"],
    handle: async ({ ctx, params }) => ok(await readSpan(ctx, params.id, params.spanId)),
  }),
  operation({
    method: "GET",
    path: "/runs/{id}/steps",
    id: "listSteps",
    tag,
    summary: "List the steps of a run with their attempts, in order of their start",
    action: "run:read",
    isHeavy: true,
    params: ById,
    query: pageQueryUpTo(mostSteps),
    answers: { 200: pageOf(Step) },
    errors: ["not_found"],
    handle: async ({ ctx, params, query }) => {
      const of = { list: "steps", filter: { runId: params.id } };
      const after = afterOf(ctx, of, z.int(), query.cursor);
      return ok(pageOn(ctx, of, await listSteps(ctx, params.id, { limit: query.limit, after })));
    },
  }),
  operation({
    method: "GET",
    path: "/runs/{id}/events",
    id: "readEvents",
    tag,
    summary: "Read or follow the events of a run (JSON, or server-sent events; resumable by Last-Event-ID)",
    action: "run:read",
    isHeavy: true,
    params: ById,
    query: z.object({
      after: z.coerce
        .number()
        .int()
        .min(0)
        .optional()
        .meta({ description: "The `seq` of the last event that you have" }),
      limit: z.coerce.number().int().min(1).max(mostEvents).default(mostEvents),
    }),
    answers: {
      200: {
        content: {
          "application/json": z.object({ data: z.array(RunEvent), hasMore: z.boolean(), final: z.boolean() }),
          "text/event-stream": z.string(),
        },
      },
    },
    errors: ["not_found"],
    handle: async ({ ctx, params, query, request, isStillAllowed }) => {
      if (!wantsEventStream(request)) return ok(await readEvents(ctx, params.id, query.after ?? 0, query.limit));
      await assertRun(ctx, params.id);
      return eventStream({
        after: lastEventId(request) ?? query.after ?? 0,
        read: (after, limit) => readings.take(ctx.workspace.id, () => readEvents(ctx, params.id, after, limit)),
        subscribe: (onChange) => subscribeRun(params.id, onChange),
        isStillAllowed,
        signal: request.signal,
      });
    },
  }),
  operation({
    method: "GET",
    path: "/runs/{id}/logs",
    id: "readLogs",
    tag,
    summary: "Read the log lines of a run in order; `after` is the `seq` of the last line that you have",
    action: "run:read",
    params: ById,
    query: LogFilter.extend(PageQuery.shape),
    answers: { 200: pageOf(LogLine) },
    errors: ["not_found"],
    handle: async ({ ctx, params, query }) => {
      const { limit, cursor, ...filter } = query;
      const of = { list: "logs", filter: { ...filter, runId: params.id } };
      const after = afterOf(ctx, of, z.int().min(0), cursor) ?? filter.after;
      return ok(pageOn(ctx, of, await readLogs(ctx, params.id, { filter: { ...filter, after }, limit })));
    },
  }),
];
