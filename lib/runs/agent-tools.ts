import { database } from "#/db/client.ts";
import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { ignoredParts, type IgnoredPart } from "#/lib/tools/ignored-parts.ts";
import { selectToolsOf } from "#/lib/tools/store.ts";
import { faceOfSource, toolOf, type ToolSource } from "#/lib/tools/tool-source.ts";
import type { NodeDefinition, RetryPolicy, ToolDefinition } from "#/lib/workflows/definition.ts";
import { checkSchema, validateJson } from "#/lib/workflows/bounded-schema.ts";
import { sourceOf } from "#/lib/workflows/tool-calls.ts";
import type { Session } from "./session.ts";
import { StepFailure } from "./step-failure.ts";

type AgentNode = Extract<NodeDefinition, { type: "agent" }>;

/** A tool as it is described to an agent's model, with what is needed to call it. */
export type AgentTool = {
  name: string;
  source: ToolSource;
  description: string;
  inputSchema: JsonObject | null;
  /** The author's schema of the answer. */
  outputSchema: JsonObject | null;
  mutating: boolean | undefined;
  /** Parts of a call that do not count towards its identity. */
  ignored: IgnoredPart[];
  retry: RetryPolicy | undefined;
  timeoutMs: number | undefined;
};

/**
 * The tools that an agent offers its model. What the author does not specify comes from the tool itself, as it is now.
 */
export async function loadAgentTools(session: Session, node: AgentNode): Promise<AgentTool[]> {
  const named = node.tools.map((name) => ({ name, ...definedTool(session, name) }));
  const stored = await selectToolsOf(
    database(),
    session.workspace.id,
    named.map(({ source }) => source),
  );
  const loaded = named.map(async ({ name, tool, source }) => {
    const face = faceOfSource(source, toolOf(source, stored));
    return {
      name,
      source,
      description: tool.description ?? face.description,
      inputSchema: (tool.input as JsonObject | undefined) ?? (await usable(session.workspace.id, face.inputSchema)),
      outputSchema: (tool.output as JsonObject | undefined) ?? null,
      mutating: tool.mutating,
      ignored: ignoredParts(tool.identity),
      retry: tool.retry,
      timeoutMs: tool.timeoutMs,
    };
  });
  return Promise.all(loaded);
}

function definedTool(session: Session, name: string): { tool: ToolDefinition; source: ToolSource } {
  const tool = session.definition.tools?.[name];
  const source = tool && sourceOf(tool);
  if (!source) throw new StepFailure("tool_failed", `The tool ${name} is not defined in this version.`);
  return { tool, source };
}

/** A schema that a server provides may be unusable here; then only the server checks the arguments. */
async function usable(owner: string, schema: JsonObject | null): Promise<JsonObject | null> {
  return schema && (await checkSchema(owner, schema)).length === 0 ? schema : null;
}

/** The tool that the model named, if the agent offers it and the arguments fit its schema. Throws StepFailure. */
export async function offeredTool(
  owner: string,
  tools: readonly AgentTool[],
  name: string,
  args: Json,
): Promise<AgentTool> {
  const tool = tools.find((candidate) => candidate.name === name);
  if (!tool) throw new StepFailure("tool_failed", `There is no tool named ${name}.`);
  const faults = tool.inputSchema ? await validateJson(owner, tool.inputSchema, args, "arguments") : [];
  if (faults.length === 0) return tool;
  const listed = faults.map((fault) => `${fault.path}: ${fault.message}`).join("; ");
  throw new StepFailure("output_invalid", `The arguments do not fit: ${listed}`);
}
