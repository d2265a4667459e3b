import type { Json, JsonObject } from "#/lib/contract/json.ts";
import type { LogLevel } from "#/lib/contract/status.ts";
import { plainText } from "./redact.ts";
import { isEnded, type SpanRecord } from "./span-record.ts";

/** A log line before it has its number. */
export type LogDraft = { level: LogLevel; message: string; data: JsonObject };
/** Which write of a span this is: its start, or any later state. */
export type SpanMoment = "start" | "change";

const longestMessage = 500;
/** Attribute of a failed attempt that another one follows: the time until then. */
export const retryInAttribute = "reprise.retry_in_ms";
/** Attribute of a step that waits for its provider to answer again: what happened to the provider. */
export const waitsForAttribute = "reprise.waits_for";

/**
 * The log lines that go with a write of a span; most often there are none. Decided here for every kind of step, from
 * the span alone, which must have been redacted already. Pure.
 */
export function logLinesOf(span: SpanRecord, moment: SpanMoment): LogDraft[] {
  return linesOf(span, moment).map((line) => ({ ...line, message: bounded(line.message) }));
}

function linesOf(span: SpanRecord, moment: SpanMoment): LogDraft[] {
  switch (span.kind) {
    case "attempt":
      return attemptLines(span);
    case "tool":
    case "tool_call":
      return [...gateLines(span, moment), ...callLines(span)];
    case "model":
    case "model_call":
      return modelLines(span);
    case "map":
      return moment === "start" ? [itemsLine(span)] : endLines(span);
    case "wait":
      return waitLines(span, moment);
    default:
      return endLines(span);
  }
}

function attemptLines({ attempt, error, attributes, ...span }: SpanRecord): LogDraft[] {
  if (!error) return [];
  const retryInMs = attributes?.[retryInAttribute] ?? null;
  const next = retryInMs === null ? "no attempts are left" : `the next one starts in ${String(retryInMs)} ms`;
  const data = { attempt, code: error.code, retryInMs, durationMs: durationOf(span) };
  return [{ level: "warn", message: `Attempt ${attempt} failed (${error.code}): ${error.message}; ${next}`, data }];
}

/** The verdict on a mutating call: before it leaves, or in place of it. */
function gateLines({ effect, name, status }: SpanRecord, moment: SpanMoment): LogDraft[] {
  if (!effect?.mutating || effect.verdict === "reused") return [];
  const sent = effect.verdict === "live";
  if (sent ? moment !== "start" : status !== "completed") return [];
  const data = { verdict: effect.verdict, tool: effect.tool, why: effect.why };
  return [
    { level: "info", message: `${name}: ${sent ? "live" : `not sent, ${effect.verdict}`} (${effect.why})`, data },
  ];
}

function callLines(span: SpanRecord): LogDraft[] {
  if (span.effect !== null && span.effect.verdict !== "live") return [];
  if (span.status !== "completed") return endLines(span);
  const request = requestOf(span.input);
  const status = span.attributes?.["http.response.status_code"] ?? null;
  const durationMs = durationOf(span);
  const answered = status === null ? "answered" : `answered ${String(status)}`;
  return [
    {
      level: "info",
      message: `${span.name} ${answered} in ${durationMs} ms`,
      data: { ...request, status, durationMs },
    },
  ];
}

/** Method and path only: a query may hold what nobody marked as a secret. */
function requestOf(input: Json | undefined): JsonObject {
  const given = input as { request?: JsonObject } | null | undefined;
  const http = (given?.request ?? given ?? {}) as JsonObject;
  if (typeof http.method !== "string" || typeof http.url !== "string") return {};
  return { method: http.method, path: URL.parse(http.url)?.pathname ?? null };
}

function modelLines(span: SpanRecord): LogDraft[] {
  if (span.status === "waiting") return waitsForLines(span);
  if (span.status !== "completed") return endLines(span);
  const reasons = span.attributes?.["gen_ai.response.finish_reasons"];
  const finishReason = Array.isArray(reasons) ? (reasons[0] ?? null) : null;
  const durationMs = durationOf(span);
  const inputTokens = span.usage?.inputTokens ?? null;
  const outputTokens = span.usage?.outputTokens ?? null;
  const tokens = span.usage ? `, ${inputTokens ?? "?"} tokens in, ${outputTokens ?? "?"} out` : "";
  return [
    {
      level: "info",
      message: `${span.modelRef} answered in ${durationMs} ms (${String(finishReason)})${tokens}`,
      data: { model: span.modelRef, durationMs, inputTokens, outputTokens, finishReason },
    },
  ];
}

function waitsForLines({ name, attributes, wakeAt }: SpanRecord): LogDraft[] {
  const why = attributes?.[waitsForAttribute];
  if (typeof why !== "string") return [];
  return [{ level: "warn", message: `${name} waits: ${why}`, data: { until: wakeAt?.toISOString() ?? null } }];
}

function itemsLine({ input }: SpanRecord): LogDraft {
  const { items = null, concurrency = null } = (input ?? {}) as JsonObject;
  return {
    level: "info",
    message: `${String(items)} items, ${String(concurrency)} at once`,
    data: { items, concurrency },
  };
}

function waitLines(span: SpanRecord, moment: SpanMoment): LogDraft[] {
  const asked = (span.input as { approval?: JsonObject } | undefined)?.approval;
  if (moment === "start" && asked) {
    const until = span.wakeAt?.toISOString() ?? null;
    return [
      { level: "info", message: `Approval requested: ${span.name}`, data: { title: asked.title ?? null, until } },
    ];
  }
  const made = span.output as { decision?: string; by?: string | null } | null | undefined;
  if (span.status !== "completed" || typeof made?.decision !== "string") return endLines(span);
  const decision = { approve: "Approved", reject: "Rejected", timed_out: "Nobody decided in time" }[made.decision];
  const by = made.by ? ` by ${made.by}` : "";
  return [
    {
      level: "info",
      message: `${decision ?? made.decision}${by}`,
      data: { decision: made.decision, by: made.by ?? null },
    },
  ];
}

/** A line for any span that ended badly; good ends are in the trace and need none. */
function endLines({ status, error, name, ...span }: SpanRecord): LogDraft[] {
  if (!isEnded(status) || !error) return [];
  const data = { code: error.code, durationMs: durationOf(span) };
  const level = status === "cancelled" ? "warn" : "error";
  return [{ level, message: `${name} ${status} (${error.code}): ${error.message}`, data }];
}

function durationOf({ startedAt, finishedAt }: Pick<SpanRecord, "startedAt" | "finishedAt">): number | null {
  return finishedAt === null ? null : Math.max(0, finishedAt.getTime() - startedAt.getTime());
}

function bounded(message: string): string {
  return plainText(message.length > longestMessage ? `${message.slice(0, longestMessage)}…` : message);
}
