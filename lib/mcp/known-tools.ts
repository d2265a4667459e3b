import type { JsonObject } from "#/lib/contract/json.ts";
import type { Actor } from "#/lib/tenancy/ctx.ts";
import { isPermitted } from "#/lib/tenancy/permissions.ts";
import { type ToolArguments, toolArguments } from "./tool-arguments.ts";
import { toolAnswer } from "./tool-answer.ts";
import { type Tool, tools } from "./tool-list.ts";

/** A tool with what is derived from its operation. */
export type KnownTool = {
  tool: Tool;
  arguments: ToolArguments;
  /** The schema of the operation's answer. */
  answer: JsonObject;
  /** As `tools/list` describes it. */
  described: Described;
};

type Described = {
  name: string;
  title: string;
  description: string;
  inputSchema: { type: "object" } & JsonObject;
  outputSchema: { type: "object" } & JsonObject;
  annotations: { readOnlyHint: boolean; destructiveHint: boolean; idempotentHint: boolean; openWorldHint: boolean };
};

let all: KnownTool[] | null = null;

/** The tools whose operations this actor may do, in a fixed order. Others do not exist for them. */
export function toolsFor(actor: Actor): KnownTool[] {
  all ??= tools.map(knownTool);
  return all.filter(({ tool }) => isPermitted(actor, tool.operation.action));
}

function knownTool(tool: Tool): KnownTool {
  const args = toolArguments(tool);
  const { schema, answer } = toolAnswer(tool);
  const { summary, note } = tool.summary === undefined ? tool.operation : { summary: tool.summary, note: undefined };
  const description = [`${summary}.`, note, tool.note].filter((part) => part !== undefined).join(" ");
  const { destructive, idempotent, openWorld } = tool.effects ?? {
    destructive: false,
    idempotent: true,
    openWorld: false,
  };
  return {
    tool,
    arguments: args,
    answer,
    described: {
      name: tool.name,
      title: titleOf(tool.name),
      description,
      inputSchema: { ...args.schema, type: "object" },
      outputSchema: { ...schema, type: "object" },
      annotations: {
        readOnlyHint: tool.effects === null,
        destructiveHint: destructive,
        idempotentHint: idempotent,
        openWorldHint: openWorld,
      },
    },
  };
}

/** `get_run` is "Get run". */
function titleOf(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
