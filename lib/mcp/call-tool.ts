import { z } from "zod";
import { parsePart } from "#/lib/api/field-errors.ts";
import { toProblem } from "#/lib/api/problem.ts";
import { serveOperation } from "#/lib/api/serve-operation.ts";
import { surfaceHeader } from "#/lib/api/via.ts";
import type { JsonObject } from "#/lib/contract/json.ts";
import type { Problem } from "#/lib/contract/problem.ts";
import { cutJson } from "#/lib/core/cut-json.ts";
import { logger } from "#/lib/core/logger.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { cut, type Fitted, fewerRows, marked, mostAnswerBytes, pageLength, rowsOf, whole } from "./fit-answer.ts";
import type { KnownTool } from "./known-tools.ts";
import type { ToolError } from "./tool-answer.ts";
import { argumentPath, toolRequest, type ToolRequest } from "./tool-request.ts";

/** Who calls: the actor, their HTTP request, and the text of the message that it brought. */
export type Caller = { ctx: Ctx; request: Request; text: string };

/** What `tools/call` is answered with. */
export type ToolResult = {
  content: { type: "text"; text: string }[];
  structuredContent: JsonObject;
  isError?: true;
};

/**
 * Calls the operation of a tool as REST would, for the same caller, and shows its answer: the JSON as it is, of at most 100
 * KB. Never throws: what is refused is a result too, with our code.
 */
export async function callTool(caller: Caller, known: KnownTool, args: JsonObject): Promise<ToolResult> {
  const { requestId } = caller.ctx;
  try {
    const request = toolRequest(known.arguments, args);
    const rows = known.tool.rows ? parsePart("query", known.tool.rows.query, request.rows) : null;
    const answer = await asked(caller, known, request);
    if ("problem" in answer) return refused(known, answer.problem, answer.retryAfterMs);
    const { text } = answer;
    const shown = rows ? await rowsOf(caller.ctx.workspace.id, text, rows) : whole(text);
    const fits = shown !== null && Buffer.byteLength(shown.text) <= mostAnswerBytes;
    return fits ? resultOf(shown) : await fitted(caller, known, request, shown?.text ?? text);
  } catch (error) {
    const problem = toProblem(error, requestId);
    if (problem.status >= 500) logger.error({ requestId, where: known.tool.name, err: error }, "request failed");
    return refused(known, problem, null);
  }
}

type Asked = { text: string } | { problem: Problem; retryAfterMs: number | null };

async function asked(caller: Caller, { tool: { operation } }: KnownTool, sent: ToolRequest): Promise<Asked> {
  const { values, query, key } = sent;
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent((values[name] ?? "").toWellFormed()),
  );
  const url = new URL(`/api/v1${path}?${query}`, "http://reprise.invalid");
  const headers = new Headers({ [surfaceHeader]: "mcp", ...(key === null ? {} : { "idempotency-key": key }) });
  const authorization = caller.request.headers.get("authorization");
  if (authorization !== null) headers.set("authorization", authorization);
  const request = new Request(url, { method: operation.method, headers, signal: caller.request.signal });
  const body = operation.body
    ? ({ kind: "json", text: caller.text, value: sent.body } as const)
    : ({ kind: "empty" } as const);
  const response = await serveOperation(operation, values, request, { ctx: caller.ctx, body });
  const text = await response.text();
  if (response.ok) return { text: text === "" ? "{}" : text };
  const seconds = response.headers.get("retry-after");
  return { problem: JSON.parse(text) as Problem, retryAfterMs: seconds === null ? null : Number(seconds) * 1000 };
}

/** A page that is too long is asked for again with fewer rows, so that its cursor stays right; the rest is cut. */
async function fitted(caller: Caller, known: KnownTool, sent: ToolRequest, first: string): Promise<ToolResult> {
  const limit = pageLimit(known, sent);
  let text = first;
  if (limit !== null && !known.tool.rows) {
    let rows = Math.min(limit, pageLength(text) ?? limit);
    while (rows > 1 && Buffer.byteLength(text) > mostAnswerBytes) {
      rows = Math.max(1, Math.min(rows - 1, Math.floor((rows * mostAnswerBytes * 0.9) / Buffer.byteLength(text))));
      const query = new URLSearchParams(sent.query);
      query.set("limit", String(rows));
      const again = await asked(caller, known, { ...sent, query });
      if ("problem" in again) return refused(known, again.problem, again.retryAfterMs);
      text = again.text;
    }
    const page = whole(text);
    if (page) return resultOf(marked(page.value, fewerRows(rows)));
  }
  return resultOf(await cut(caller.ctx.workspace.id, text, known.answer, "get_span and smaller pages show more."));
}

/** How many rows were asked for, null where there are no pages. */
function pageLimit({ tool: { operation } }: KnownTool, { query }: ToolRequest): number | null {
  const limit =
    operation.query instanceof z.ZodObject ? (operation.query.shape["limit"] as z.ZodType | undefined) : undefined;
  if (!limit) return null;
  const asked = limit.safeParse(query.get("limit") ?? undefined);
  return typeof asked.data === "number" ? asked.data : null;
}

function resultOf({ text, value }: Fitted): ToolResult {
  return { content: [{ type: "text", text }], structuredContent: value };
}

/** The problem that REST answers with, in the words of the tool: its arguments instead of path, query and body. */
function refused({ arguments: known }: KnownTool, problem: Problem, retryAfterMs: number | null): ToolResult {
  const { code, detail, requestId, errors, details } = problem;
  const named = errors?.map(({ path, message }) => ({ path: argumentPath(known, path), message }));
  const message = inWordsOfTool(detail, errors?.[0]?.path, named?.[0]?.path);
  const error: ToolError = {
    code,
    message,
    retryAfterMs,
    requestId,
    ...(named ? { errors: named } : {}),
    ...(details ? { details } : {}),
  };
  const value = cutJson(JSON.parse(JSON.stringify(error)) as JsonObject, {}, mostAnswerBytes).value as JsonObject;
  return { ...resultOf({ text: JSON.stringify(value), value }), isError: true };
}

/** A message with the argument that it is about at its beginning. */
function inWordsOfTool(detail: string, path: string | undefined, argument: string | undefined): string {
  if (path === undefined || argument === undefined) return detail;
  if (detail.startsWith(path)) return argument + detail.slice(path.length);
  return detail.startsWith(argument) ? detail : `${argument}: ${detail}`;
}
