import type { Json, JsonObject } from "#/lib/contract/json.ts";
import type { FieldError } from "#/lib/contract/problem.ts";
import { applyEdits, type Edit } from "#/lib/core/text-edits.ts";
import { buildHttpCall } from "./http-call.ts";
import { executeHttpCall } from "./http-tool.ts";
import type { ToolFacts } from "./mutability.ts";
import { refusedCall } from "./tool-call-error.ts";

type BuiltinWay = {
  fetch: typeof fetch;
  signal: AbortSignal;
  timeoutMs: number;
  redact: (text: string) => string;
  /** For a mutating call; null for a call that changes nothing. */
  idempotencyKey: string | null;
  /** The call was let through as read-only; see HttpExecution. */
  staysReadOnly: boolean;
  /** What keeps a definition from being pushed in this workspace; `prompt`: with this text at a node. */
  faultsOf: (definition: string, prompt: { nodeId: string; text: string } | null) => Promise<FieldError[]>;
  /** See GuardedInit; a tool that needs no connection awaits it first. */
  beforeSend: () => Promise<void>;
};

/** A built-in tool. `mutating` is its own declaration, which nobody can change. */
export type BuiltinTool = {
  name: string;
  description: string;
  mutating: boolean;
  inputSchema: JsonObject;
  outputSchema: JsonObject | null;
  /** What one call is judged by, where its arguments may make it do more than the tool declares. */
  factsOf?: (args: JsonObject) => ToolFacts;
  call: (args: JsonObject, way: BuiltinWay) => Promise<Json>;
};

const timeNow: BuiltinTool = {
  name: "time.now",
  description: "The current time in UTC.",
  mutating: false,
  inputSchema: { type: "object", properties: {}, additionalProperties: false },
  outputSchema: {
    type: "object",
    required: ["iso", "epochMs"],
    properties: { iso: { type: "string", format: "date-time" }, epochMs: { type: "integer" } },
  },
  call: async (_args, { beforeSend }) => {
    await beforeSend();
    const now = new Date();
    return { iso: now.toISOString(), epochMs: now.getTime() };
  },
};

const httpGet: BuiltinTool = {
  name: "http.get",
  description: "Reads a public web address and gives its status and body (JSON parsed, else text).",
  mutating: false,
  inputSchema: {
    type: "object",
    required: ["url"],
    properties: { url: { type: "string", description: "An absolute http or https URL" } },
    additionalProperties: false,
  },
  outputSchema: { type: "object", required: ["status", "body"], properties: { status: { type: "integer" }, body: {} } },
  // An address may hold a method override, whoever chose it. Judged as sent: URLs lose the line breaks inside them.
  factsOf: ({ url }) => ({ kind: "http", method: "GET", url: URL.parse(String(url))?.href ?? String(url) }),
  call: async (args, way) => {
    if (typeof args.url !== "string") throw refusedCall("http.get needs a url");
    const { status, body } = await executeHttpCall(buildHttpCall({ method: "GET", url: args.url }, null), way);
    return { status, body };
  },
};

const jsonPointer: BuiltinTool = {
  name: "json.pointer",
  description:
    "Reads a value from JSON data by its JSON Pointer (RFC 6901), for example /items/0/id; null when there is none.",
  mutating: false,
  inputSchema: {
    type: "object",
    required: ["data", "pointer"],
    properties: { data: {}, pointer: { type: "string", pattern: "^(/.*)?$" } },
    additionalProperties: false,
  },
  outputSchema: null,
  call: async (args, { beforeSend }) => {
    await beforeSend();
    return valueAt(args.data ?? null, String(args.pointer ?? ""));
  },
};

/** Own properties only; a number is a list index when it is written without a leading zero. */
function valueAt(data: Json, pointer: string): Json {
  if (pointer !== "" && !pointer.startsWith("/")) throw refusedCall("A JSON Pointer is empty or starts with /");
  let at: Json = data;
  for (const part of pointer.split("/").slice(1)) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof at !== "object" || at === null) return null;
    if (Array.isArray(at)) at = /^(0|[1-9]\d*)$/.test(key) ? (at[Number(key)] ?? null) : null;
    else at = Object.hasOwn(at, key) ? (at[key] ?? null) : null;
  }
  return at;
}

const definitionCheck: BuiltinTool = {
  name: "definition.check",
  description:
    "Makes edits to a workflow's definition, or to the text of a node's prompt, and tells what would keep the result from being pushed. Stores nothing.",
  mutating: false,
  inputSchema: {
    type: "object",
    required: ["definition", "target", "edits"],
    properties: {
      definition: { type: "string", description: "YAML or JSON" },
      target: { type: "string", enum: ["definition", "prompt", "none"] },
      nodeId: { type: "string", description: "The node whose prompt is changed" },
      prompt: { type: ["string", "null"], description: "The text of its prompt" },
      edits: {
        type: "array",
        items: {
          type: "object",
          required: ["find", "replace"],
          properties: { find: { type: "string" }, replace: { type: "string" } },
        },
      },
    },
    additionalProperties: false,
  },
  outputSchema: {
    type: "object",
    required: ["valid", "faults"],
    properties: { valid: { type: "boolean" }, faults: { type: "array", items: { type: "object" } } },
  },
  call: async (args, { beforeSend, faultsOf }) => {
    await beforeSend();
    const faults = await editFaults(args, faultsOf);
    return { valid: faults.length === 0, faults };
  },
};

async function editFaults(args: JsonObject, faultsOf: BuiltinWay["faultsOf"]): Promise<FieldError[]> {
  const [definition, prompt, nodeId] = [String(args.definition), args.prompt, String(args.nodeId)];
  const edits = args.edits as Edit[];
  if (args.target === "none") return [];
  if (edits.length === 0) return [{ path: "edits", message: "nothing is changed" }];
  const isOfPrompt = args.target === "prompt";
  if (isOfPrompt && typeof prompt !== "string")
    return [{ path: "target", message: "the node has no prompt artifact, so its prompt is in the definition" }];
  const edited = applyEdits(isOfPrompt ? String(prompt) : definition, edits);
  if ("faults" in edited) return edited.faults;
  return isOfPrompt ? faultsOf(definition, { nodeId, text: edited.text }) : faultsOf(edited.text, null);
}

export const builtinTools: readonly BuiltinTool[] = [definitionCheck, httpGet, jsonPointer, timeNow];

export function builtinTool(name: string): BuiltinTool | null {
  return builtinTools.find((tool) => tool.name === name) ?? null;
}
