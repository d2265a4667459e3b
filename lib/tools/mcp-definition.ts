import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { canonicalJson, contentHash } from "#/lib/core/hash.ts";
import { inTurn } from "#/lib/core/loop-turns.ts";
import { assertStorable } from "#/lib/core/parse-json.ts";
import { ToolCallError } from "./tool-call-error.ts";

/** A tool as an MCP server describes it, kept whole except for `_meta`, which may differ from listing to listing. */
export type McpDefinition = {
  name: string;
  definition: JsonObject;
  /** `sha256:…` of the definition's canonical JSON: trust is bound to it. */
  hash: string;
};

/** The most tools that one server may have, and the most bytes in one definition. */
export const maxMcpTools = 1000;
const maxDefinitionBytes = 256 * 1024;
/** The most bytes in all definitions of a server: whoever looks at its tools reads all of them. */
const maxListingBytes = 4 * 1024 * 1024;

/**
 * What a server listed, ready to be stored; read in turns of the event loop, as its `owner` (a workspace). Throws
 * ToolCallError `tool_failed` for a listing that cannot be used: too many tools, a repeated name, a definition that is too
 * large or cannot be stored.
 */
export async function readMcpDefinitions(listed: readonly unknown[], owner: string): Promise<McpDefinition[]> {
  if (listed.length > maxMcpTools) throw unusableListing(`it offers more than ${maxMcpTools} tools`);
  let bytes = 0;
  const found: McpDefinition[] = [];
  for (const tool of listed) {
    const read = await inTurn(owner, () => readDefinition(tool));
    bytes += read.bytes;
    if (bytes > maxListingBytes) throw unusableListing(`it is larger than ${maxListingBytes / 1024 / 1024} MiB`);
    found.push(read.found);
  }
  const names = new Set(found.map(({ name }) => name));
  if (names.size < found.length) throw unusableListing("it offers two tools of the same name");
  return found;
}

function readDefinition(tool: unknown): { found: McpDefinition; bytes: number } {
  const { _meta: _, ...definition } = JSON.parse(JSON.stringify(tool)) as JsonObject;
  const { name } = definition;
  if (typeof name !== "string" || name === "" || name.length > 200) throw unusableListing("a tool has no usable name");
  const text = JSON.stringify(definition);
  const isText = text.isWellFormed() && !/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/.test(text);
  const bytes = Buffer.byteLength(text);
  if (!isText || bytes > maxDefinitionBytes)
    throw unusableListing(
      `the definition of a tool is larger than ${maxDefinitionBytes / 1024} KiB or is not well-formed text`,
    );
  try {
    assertStorable(definition, "definition");
    return { found: { name, definition, hash: contentHash(canonicalJson(definition)) }, bytes };
  } catch (error) {
    if (error instanceof DomainError) throw unusableListing(error.message);
    throw error;
  }
}

/** What the tool itself says about being read-only; null when it says nothing. */
export function readOnlyHint(definition: JsonObject): boolean | null {
  const hint = objectIn(definition.annotations)?.readOnlyHint;
  return typeof hint === "boolean" ? hint : null;
}

/** The JSON Schema of a definition's arguments or of its structured answers; null when it has none. */
export function schemaOf(definition: JsonObject, field: "inputSchema" | "outputSchema"): JsonObject | null {
  return objectIn(definition[field]);
}

export function descriptionOf(definition: JsonObject): string {
  return typeof definition.description === "string" ? definition.description : "";
}

function objectIn(value: Json | undefined): JsonObject | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : null;
}

/** The error for a list of tools that is not taken. */
export function unusableListing(what: string): ToolCallError {
  const fault = { status: null, retryable: false, retryAfterMs: null, body: null, outcomeUnknown: false };
  return new ToolCallError(`The MCP server's list of tools cannot be used: ${what}`, { code: "tool_failed", ...fault });
}
