import type { DbHandle } from "#/db/client.ts";
import type { FieldError } from "#/lib/contract/problem.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { revisionKey } from "#/lib/prompts/revision-lookup.ts";
import { selectToolsOf } from "#/lib/tools/store.ts";
import { toolOf } from "#/lib/tools/tool-source.ts";
import type { WorkflowDefinition } from "./definition.ts";
import { invalidDefinition } from "./definition-source.ts";
import type { PinnedPrompt } from "./prompt-nodes.ts";
import type { TemplateReport } from "./template-faults.ts";
import { placedSources } from "./tool-calls.ts";

/** A definition whose content has been looked at, with the prompts that it pins and what is wrong with their templates. */
export type JudgedDefinition = {
  definition: WorkflowDefinition;
  contentHash: string;
  prompts: PinnedPrompt[];
  /** The revisions that exist. */
  texts: ReadonlyMap<string, string>;
  pinned: Pick<TemplateReport, "broken" | "missing">;
};

/**
 * Why a definition that is well-formed cannot become a version of this workspace: prompt revisions that do not exist, their
 * templates that do not compile, tools that the workspace does not have. One `workflow_invalid` for each kind, none when it can.
 */
export async function versionRefusals(
  db: DbHandle,
  workspaceId: string,
  { definition, prompts, texts, pinned }: JudgedDefinition,
): Promise<DomainError[]> {
  return [
    refusal("The definition names prompt revisions that do not exist.", unknownPrompts(prompts, texts)),
    pinned.broken.length > 0 ? invalidDefinition(pinned.broken) : null,
    refusal(
      "The definition names tools that the workspace does not have.",
      await unknownTools(db, workspaceId, definition),
    ),
  ].filter((found) => found !== null);
}

function refusal(message: string, fields: FieldError[]): DomainError | null {
  return fields.length === 0 ? null : new DomainError("workflow_invalid", message, { fields });
}

function unknownPrompts(prompts: readonly PinnedPrompt[], texts: ReadonlyMap<string, string>): FieldError[] {
  return prompts
    .filter((prompt) => !texts.has(revisionKey(prompt)))
    .map((prompt) => ({
      path: prompt.path,
      message: `no revision ${prompt.contentHash} of prompt ${prompt.artifactId} in this workspace`,
    }));
}

/** MCP tools and workspace tools that a new version names must exist; later they may disappear. */
async function unknownTools(db: DbHandle, workspaceId: string, definition: WorkflowDefinition): Promise<FieldError[]> {
  const sources = placedSources(definition).filter(({ source }) => source.kind === "mcp" || source.kind === "use");
  const tools = await selectToolsOf(
    db,
    workspaceId,
    sources.map(({ source }) => source),
  );
  return sources
    .filter(({ source }) => toolOf(source, tools) === null)
    .map(({ source, path }) => ({
      path,
      message:
        source.kind === "mcp"
          ? `no MCP server ${JSON.stringify(source.server)} with a tool ${JSON.stringify(source.tool)} in this workspace`
          : `no tool ${JSON.stringify(source.kind === "use" ? source.name : "")} in this workspace`,
    }));
}
