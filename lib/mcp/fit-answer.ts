import type { Json, JsonObject } from "#/lib/contract/json.ts";
import type { TraceSkeleton } from "#/lib/contract/trace.ts";
import { traceRows, type NoSuchSpan, type TraceRows, type TraceRowsQuery } from "#/lib/contract/trace-rows.ts";
import { cutJson, type CutJson } from "#/lib/core/cut-json.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { workInThread, type ThreadAnswer } from "#/lib/core/work-threads.ts";
import { cutMark } from "./tool-answer.ts";

/** The most bytes of JSON that a tool answers with. */
export const mostAnswerBytes = 100 * 1024;
/** What the mark needs of them. */
const markBytes = 2048;
/** Longer texts are read in a thread: to parse them would hold up everybody's requests. */
const mostInline = 512 * 1024;

/** A tool's answer: its JSON as text, and as a value. */
export type Fitted = { text: string; value: JsonObject };

/** An answer that is short enough as it is; null for one that must be cut. */
export function whole(text: string): Fitted | null {
  if (Buffer.byteLength(text) > mostAnswerBytes) return null;
  return { text, value: JSON.parse(text) as JsonObject };
}

/** How many rows a page that is too long has; null where finding out costs too much. */
export function pageLength(text: string): number | null {
  if (text.length > mostInline) return null;
  const { data } = JSON.parse(text) as { data?: Json };
  return Array.isArray(data) ? data.length : null;
}

/** As much of an answer as fits, still of its `schema`, and with a mark that says what is missing. */
export async function cut(owner: string, text: string, schema: JsonObject, hint: string): Promise<Fitted> {
  const maxBytes = mostAnswerBytes - markBytes;
  const { value, cuts } =
    text.length <= mostInline
      ? cutJson(JSON.parse(text) as Json, schema, maxBytes)
      : fromThread<CutJson>(
          await workInThread(owner, { work: "cut", json: text, schema: JSON.stringify(schema), maxBytes }),
        );
  const size = Math.ceil(Buffer.byteLength(text) / 1024);
  return marked(
    value as JsonObject,
    `Cut to 100 KB of ${size} KB. ${cuts.join("; ")}. ${hint}`.slice(0, markBytes / 2),
  );
}

/** The mark of a page that has fewer rows than were asked for. */
export function fewerRows(rows: number): string {
  return `Only ${rows} rows fit into 100 KB. Go on with nextCursor.`;
}

/** An answer with a mark at its beginning, where a reader sees it first. */
export function marked(value: JsonObject, mark: string): Fitted {
  const whole = { [cutMark]: mark, ...value };
  return { text: JSON.stringify(whole), value: whole };
}

/** The rows of a trace, given as its skeleton's JSON. Throws not_found or validation_failed for a span that is not in it. */
export async function rowsOf(owner: string, text: string, query: TraceRowsQuery): Promise<Fitted> {
  const maxBytes = mostAnswerBytes - markBytes;
  const rows =
    text.length <= mostInline
      ? traceRows(JSON.parse(text) as TraceSkeleton, query, maxBytes)
      : fromThread<TraceRows | NoSuchSpan>(await workInThread(owner, { work: "rows", json: text, query, maxBytes }));
  if (!("missing" in rows)) {
    const isShort = rows.hasMore && rows.data.length < query.limit;
    return isShort ? marked(rows, fewerRows(rows.data.length)) : { text: JSON.stringify(rows), value: rows };
  }
  const path = `query.${rows.missing}`;
  throw new DomainError("not_found", `${path}: Span not found`, { fields: [{ path, message: "Span not found" }] });
}

function fromThread<T>(answer: ThreadAnswer): T {
  if ("exhausted" in answer)
    throw new DomainError(
      "payload_too_large",
      "This is too large to be shown here. The page and the REST API show it.",
    );
  if (!("json" in answer)) throw new Error(`the thread failed: ${JSON.stringify(answer)}`);
  return JSON.parse(answer.json) as T;
}
