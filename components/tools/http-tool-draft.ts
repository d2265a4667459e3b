import { findChangedNumber } from "#/lib/contract/exact-number.ts";
import type { Json, JsonObject } from "#/lib/contract/json.ts";
import type { CreateToolRequest } from "#/lib/contract/tool.ts";
import { type Mutability, judgeMutability } from "#/lib/tools/mutability.ts";
import { parseHeaderLines, parseQueryLines } from "./header-lines.ts";

/** An HTTP tool as it is in the form: everything is text. */
export type HttpToolDraft = {
  name: string;
  description: string;
  method: string;
  url: string;
  headers: string;
  query: string;
  body: string;
  input: string;
  isMutating: boolean;
};

export const emptyHttpTool: HttpToolDraft = {
  ...{ name: "", description: "", method: "GET", url: "", headers: "", query: "", body: "", input: "" },
  isMutating: false,
};

/** What is wrong with which field of the form. */
export type HttpToolFaults = Partial<Record<"headers" | "query" | "body" | "input", string>>;

type HttpRequest = {
  method: string;
  url: string;
  headers?: Record<string, string>;
  query?: Record<string, string>;
  body?: Json;
};

/** What is sent, and what in the draft cannot be sent. The server judges names, addresses and schemas. Pure. */
export function readHttpTool(draft: HttpToolDraft): { request: CreateToolRequest; faults: HttpToolFaults } {
  const headers = parseHeaderLines(draft.headers);
  const query = parseQueryLines(draft.query);
  const body = parseBody(draft.body);
  const input = parseSchema(draft.input);
  const faults: HttpToolFaults = {};
  const http: HttpRequest = { method: draft.method, url: draft.url.trim() };
  if ("fault" in headers) faults.headers = headers.fault;
  else if (Object.keys(headers.headers).length > 0) http.headers = headers.headers;
  if ("fault" in query) faults.query = query.fault;
  else if (Object.keys(query.query).length > 0) http.query = query.query;
  if ("fault" in body) faults.body = body.fault;
  else if (body.value !== undefined) http.body = body.value;
  if ("fault" in input) faults.input = input.fault;
  const description = draft.description.trim();
  const request: CreateToolRequest = {
    name: draft.name.trim(),
    ...(description === "" ? {} : { description }),
    ...("value" in input && input.value ? { input: input.value } : {}),
    http: http as JsonObject,
    ...(draft.isMutating ? { mutating: true as const } : {}),
  };
  return { request, faults };
}

/** How the calls of such a tool would be judged, by the rule that judges them later. Pure. */
export function judgementOf(draft: HttpToolDraft): Mutability {
  const { request } = readHttpTool(draft);
  return judgeMutability({ kind: "http", ...(request.http as HttpRequest), mutating: draft.isMutating });
}

/**
 * JSON where it is JSON. What begins like JSON must be JSON; everything else, including a lone template, is text. Pure.
 */
function parseBody(text: string): { value: Json | undefined } | { fault: string } {
  const trimmed = text.trim();
  if (trimmed === "") return { value: undefined };
  const parsed = jsonOf(trimmed);
  if (parsed !== undefined) return exactly(parsed, trimmed, "body");
  if (/^(\{(?!\{)|\[)/.test(trimmed)) return { fault: "This is not valid JSON. Templates go inside strings." };
  return { value: text };
}

function parseSchema(text: string): { value: JsonObject | null } | { fault: string } {
  if (text.trim() === "") return { value: null };
  const parsed = jsonOf(text);
  if (parsed === undefined) return { fault: "This is not valid JSON." };
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
    return { fault: 'A schema is a JSON object, for example {"type": "object"}.' };
  return exactly(parsed, text, "schema");
}

/** A parsed value, unless parsing changed one of the numbers in the text. */
function exactly<Value extends Json>(value: Value, text: string, at: string): { value: Value } | { fault: string } {
  const changed = findChangedNumber(text, at);
  return changed ? { fault: `${changed.path}: ${changed.message}` } : { value };
}

function jsonOf(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
