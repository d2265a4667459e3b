import type { Transaction } from "#/db/client.ts";
import { inTransaction } from "#/db/transaction.ts";
import type { VersionPushed, WorkflowCreated } from "#/lib/contract/workflow.ts";
import { DomainError, notFound } from "#/lib/core/errors.ts";
import { newId } from "#/lib/core/ids.ts";
import { revisionKey, revisionTexts } from "#/lib/prompts/revision-lookup.ts";
import { recordAudit } from "#/lib/tenancy/audit.ts";
import { actorId, type Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { selectToolsOf } from "#/lib/tools/store.ts";
import { toolOf } from "#/lib/tools/tool-source.ts";
import { checkDefinition, checkTemplates } from "./bounded-definition.ts";
import { definitionHash } from "./canonical.ts";
import type { WorkflowDefinition } from "./definition.ts";
import { type DefinitionSource, invalidDefinition } from "./definition-source.ts";
import { credentialWarnings, maxWarnings } from "./definition-warnings.ts";
import { type PinnedPrompt, promptRefs } from "./prompt-nodes.ts";
import type { TemplateReport } from "./template-faults.ts";
import { placedSources } from "./tool-calls.ts";
import {
  findVersionByHash,
  insertVersion,
  insertWorkflow,
  lockWorkflow,
  renameWorkflow,
  type WorkflowRow,
} from "./version-store.ts";

/**
 * Looks at the content of a definition, which may take seconds: never in a transaction. Revisions never change meanwhile.
 * Throws `workflow_invalid` with a path and what is expected for each fault.
 */
export async function judgeDefinition(ctx: Ctx, source: DefinitionSource): Promise<JudgedDefinition> {
  authorize(ctx, "workflow:write");
  const { id } = ctx.workspace;
  const definition = await checkDefinition(id, source);
  const prompts = promptRefs(definition);
  const texts = await revisionTexts(ctx.db, id, prompts);
  // Without a prompt from elsewhere the parser has seen every template.
  const pinned =
    texts.size === 0 ? { broken: [], missing: [] } : await checkTemplates(id, definition, textsOfNodes(prompts, texts));
  return { definition, contentHash: definitionHash(definition), prompts, texts, pinned };
}

/**
 * Creates a workflow with its first version. `judged` is what judgeDefinition returned, if it was already called. Throws `conflict` when the slug is taken, and as judgeDefinition does.
 */
export async function createWorkflow(
  ctx: Ctx,
  input: { slug: string; name?: string; definition: DefinitionSource },
  judged?: JudgedDefinition,
): Promise<WorkflowCreated> {
  authorize(ctx, "workflow:write");
  const checked = judged ?? (await judgeDefinition(ctx, input.definition));
  return inTransaction(ctx.db, async (tx) => {
    const name = input.name ?? checked.definition.name;
    const place = { workspaceId: ctx.workspace.id, slug: input.slug };
    const row =
      (await insertWorkflow(tx, { id: newId("workflow"), ...place, name })) ?? (await adoptWorkflow(tx, place, name));
    if (!row) throw new DomainError("conflict", `A workflow with the slug ${input.slug} already exists.`);
    await recordAudit(ctx, tx, { action: "workflow.created", target: row.id, details: { slug: row.slug } });
    const pushed = await push(ctx, tx, row, checked);
    const { version, contentHash, warnings } = pushed;
    return { id: row.id, slug: row.slug, version, contentHash, ...(warnings ? { warnings } : {}) };
  });
}

/**
 * Pushes a version; the same content returns the version that already has it (`created: false`). `judged` as for
 * createWorkflow. Throws `not_found`, and as judgeDefinition does.
 */
export async function pushVersion(
  ctx: Ctx,
  slug: string,
  source: DefinitionSource,
  judged?: JudgedDefinition,
): Promise<VersionPushed> {
  authorize(ctx, "workflow:write");
  const checked = judged ?? (await judgeDefinition(ctx, source));
  return inTransaction(ctx.db, async (tx) => {
    const workflow = await lockWorkflow(tx, ctx.workspace.id, slug);
    if (!workflow) throw notFound("Workflow");
    return push(ctx, tx, workflow, checked);
  });
}

/** The workflow of this slug where runs were the first to name it: it has had no version yet. Null for any other. */
async function adoptWorkflow(
  tx: Transaction,
  place: { workspaceId: string; slug: string },
  name: string,
): Promise<WorkflowRow | null> {
  const known = await lockWorkflow(tx, place.workspaceId, place.slug);
  if (known?.lastVersion !== 0) return null;
  await renameWorkflow(tx, known.id, name);
  return { ...known, name };
}

/** A definition whose content has been looked at, with the prompts that it pins and what is wrong with their templates. */
type JudgedDefinition = {
  definition: WorkflowDefinition;
  contentHash: string;
  prompts: PinnedPrompt[];
  /** The revisions that exist. */
  texts: ReadonlyMap<string, string>;
  pinned: Pick<TemplateReport, "broken" | "missing">;
};

async function push(
  ctx: Ctx,
  tx: Transaction,
  workflow: WorkflowRow,
  { definition, contentHash, prompts, texts, pinned }: JudgedDefinition,
): Promise<VersionPushed> {
  const same = await findVersionByHash(tx, workflow.id, contentHash);
  const warnings = [...credentialWarnings(definition), ...pinned.missing].slice(0, maxWarnings);
  const said = warnings.length > 0 ? { warnings } : {};
  if (same) return { version: same.version, contentHash, created: false, ...said };
  refuseUnknownPrompts(prompts, texts);
  if (pinned.broken.length > 0) throw invalidDefinition(pinned.broken);
  await refuseUnknownTools(tx, ctx.workspace.id, definition);
  const row = await insertVersion(
    tx,
    {
      id: newId("workflowVersion"),
      workspaceId: ctx.workspace.id,
      workflowId: workflow.id,
      contentHash,
      definition,
      createdBy: actorId(ctx.actor),
    },
    prompts,
  );
  await recordAudit(ctx, tx, {
    action: "workflow.version_pushed",
    target: workflow.id,
    details: { slug: workflow.slug, version: row.version, contentHash },
  });
  return { version: row.version, contentHash, created: true, ...said };
}

function textsOfNodes(prompts: readonly PinnedPrompt[], texts: ReadonlyMap<string, string>): Map<string, string> {
  return new Map(
    prompts.flatMap((prompt) => {
      const text = texts.get(revisionKey(prompt));
      return text === undefined ? [] : [[prompt.nodeId, text] as const];
    }),
  );
}

function refuseUnknownPrompts(prompts: readonly PinnedPrompt[], texts: ReadonlyMap<string, string>): void {
  const missing = prompts.filter((prompt) => !texts.has(revisionKey(prompt)));
  if (missing.length === 0) return;
  throw new DomainError("workflow_invalid", "The definition names prompt revisions that do not exist.", {
    fields: missing.map((prompt) => ({
      path: prompt.path,
      message: `no revision ${prompt.contentHash} of prompt ${prompt.artifactId} in this workspace`,
    })),
  });
}

/** MCP tools and workspace tools that a new version names must exist; later they may disappear. */
async function refuseUnknownTools(tx: Transaction, workspaceId: string, definition: WorkflowDefinition): Promise<void> {
  const sources = placedSources(definition).filter(({ source }) => source.kind === "mcp" || source.kind === "use");
  const tools = await selectToolsOf(
    tx,
    workspaceId,
    sources.map(({ source }) => source),
  );
  const missing = sources.filter(({ source }) => toolOf(source, tools) === null);
  if (missing.length === 0) return;
  throw new DomainError("workflow_invalid", "The definition names tools that the workspace does not have.", {
    fields: missing.map(({ source, path }) => ({
      path,
      message:
        source.kind === "mcp"
          ? `no MCP server ${JSON.stringify(source.server)} with a tool ${JSON.stringify(source.tool)} in this workspace`
          : `no tool ${JSON.stringify(source.kind === "use" ? source.name : "")} in this workspace`,
    })),
  });
}
