import { z } from "zod";
import { JsonObject, JsonValue } from "./json.ts";
import { recordOf } from "./record.ts";
import { Timestamp } from "./run.ts";
import { text } from "./text.ts";

const toolKinds = ["http", "mcp", "builtin"] as const;
const ToolKind = z.enum(toolKinds).meta({ id: "ToolKind" });
type ToolKind = z.infer<typeof ToolKind>;

const httpUrl = text()
  .check(z.url({ protocol: /^https?$/, error: "expected an absolute http or https URL" }))
  .max(2048)
  .refine((address) => {
    const url = URL.parse(address);
    return url === null || (url.username === "" && url.password === "");
  }, "must not contain credentials; send them as headers");

/** Addresses that a workspace enters: http or https, no credentials inside. */
export const EnteredUrl = httpUrl;

export const ToolView = z
  .object({
    id: z.string().nullable().meta({ description: "null for a built-in tool, which cannot be changed" }),
    name: z.string(),
    kind: ToolKind,
    source: z
      .object({ id: z.string(), name: z.string() })
      .nullable()
      .meta({ description: "The MCP server it belongs to" }),
    description: z.string(),
    request: z.string().nullable().meta({ description: "Method and address of an HTTP tool" }),
    mutating: z.boolean(),
    why: z.string(),
    readOnly: z.boolean().nullable().meta({ description: "An admin's mark; null when there is none" }),
    readOnlyHint: z.boolean().nullable(),
    definitionHash: z.string().nullable(),
    changedSinceTrusted: z.boolean(),
    inputSchema: JsonObject.nullable(),
    outputSchema: JsonObject.nullable(),
  })
  .meta({ id: "Tool" });
export type ToolView = z.infer<typeof ToolView>;

/** Names by which definitions refer to tools and servers. */
const ToolName = z
  .string()
  .regex(/^(?!__proto__$)[A-Za-z_][A-Za-z0-9_-]{0,63}$/, "letters, digits, _ and -; at most 64; not __proto__");

/** An HTTP tool for all workflows of the workspace; the fields are those of a tool in a definition. */
export const CreateToolRequest = z
  .strictObject({
    name: ToolName,
    description: text().max(4000).optional(),
    input: JsonObject.optional(),
    output: JsonObject.optional(),
    http: JsonValue,
    mutating: z.literal(true).optional(),
    identity: z
      .strictObject({ ignore: z.array(text().max(500)).min(1).max(50) })
      .optional()
      .meta({ description: "Parts of a call that do not count when a dry run looks for its answer: body.meta.sentAt" }),
    timeoutMs: z.int().min(1).max(86_400_000).optional(),
  })
  .meta({ id: "CreateToolRequest" });
export type CreateToolRequest = z.infer<typeof CreateToolRequest>;

export const UpdateToolRequest = z
  .strictObject({
    readOnly: z
      .boolean()
      .nullable()
      .meta({ description: "true = read-only, false = mutating, null = as the tool declares itself" }),
  })
  .meta({ id: "UpdateToolRequest" });

const McpHeaders = recordOf(
  z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}$/, "not a header name"),
  z.string().min(1).max(8192),
)
  .refine((headers) => Object.keys(headers).length <= 20, "at most 20 headers")
  .refine(
    (headers) => Object.keys(headers).every((name) => !reservedHeaders.has(name.toLowerCase())),
    "this header is set by the protocol",
  )
  .refine(
    (headers) => Object.values(headers).every((value) => /^[\t\x20-\x7e\x80-\xff]*$/.test(value)),
    "a value contains characters that HTTP does not allow",
  );
const reservedHeaders: ReadonlySet<string> = new Set([
  "host",
  "connection",
  "content-length",
  "content-type",
  "transfer-encoding",
  "accept",
  "mcp-session-id",
  "mcp-protocol-version",
  "mcp-method",
  "mcp-name",
]);

export const CreateMcpServerRequest = z
  .strictObject({ name: ToolName, url: httpUrl, headers: McpHeaders.optional() })
  .meta({ id: "CreateMcpServerRequest" });
export type CreateMcpServerRequest = z.infer<typeof CreateMcpServerRequest>;

/** A new address needs the headers again: they were entered for the old one. */
export const UpdateMcpServerRequest = z
  .strictObject({
    trusted: z.boolean().optional(),
    definitions: recordOf(z.string(), z.string()).optional().meta({
      description: "With trusted: the definition hash of each tool as reviewed; 409 if one has changed",
    }),
    url: httpUrl.optional(),
    headers: McpHeaders.optional(),
  })
  .refine((body) => body.definitions === undefined || body.trusted === true, {
    path: ["definitions"],
    error: "only allowed with trusted: true",
  })
  .refine((body) => Object.keys(body).length > 0, "nothing to change")
  .meta({ id: "UpdateMcpServerRequest" });
export type UpdateMcpServerRequest = z.infer<typeof UpdateMcpServerRequest>;

export const McpServerView = z
  .object({
    id: z.string(),
    name: z.string(),
    url: z.string(),
    headerNames: z.array(z.string()).meta({ description: "Names only; values are never returned" }),
    trusted: z.boolean(),
    protocolVersion: z.string().nullable(),
    refreshedAt: Timestamp,
    createdAt: Timestamp,
    tools: z.array(ToolView),
  })
  .meta({ id: "McpServer" });
export type McpServerView = z.infer<typeof McpServerView>;
