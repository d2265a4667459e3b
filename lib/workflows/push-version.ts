import type { DbHandle, Transaction } from "#/db/client.ts";
import { inTransaction } from "#/db/transaction.ts";
import type { FieldError } from "#/lib/contract/problem.ts";
import type { VersionPushed, WorkflowCreated } from "#/lib/contract/workflow.ts";
import { DomainError, notFound } from "#/lib/core/errors.ts";
import { newId } from "#/lib/core/ids.ts";
import { revisionKey, revisionTexts } from "#/lib/prompts/revision-lookup.ts";
import { recordAudit } from "#/lib/tenancy/audit.ts";
import { actorId, type Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { checkDefinition, checkTemplates } from "./bounded-definition.ts";
import { definitionHash } from "./canonical.ts";
import type { DefinitionSource } from "./definition-source.ts";
import { credentialWarnings, maxWarnings } from "./definition-warnings.ts";
import { type PinnedPrompt, promptRefs } from "./prompt-nodes.ts";
import { type JudgedDefinition, versionRefusals } from "./version-refusals.ts";
import {
  findVersionByHash,
  insertVersion,
  insertWorkflow,
  latestVersionNumber,
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
  return judgedDefinition(ctx.db, ctx.workspace.id, source);
}

/** The same for a caller who is authorised already. */
export async function judgedDefinition(db: DbHandle, id: string, source: DefinitionSource): Promise<JudgedDefinition> {
  const definition = await checkDefinition(id, source);
  const prompts = promptRefs(definition);
  const texts = await revisionTexts(db, id, prompts);
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
 * createWorkflow. Throws `not_found`, `conflict` when the latest version is no longer `onLatest`, and as judgeDefinition does.
 */
export async function pushVersion(
  ctx: Ctx,
  slug: string,
  source: DefinitionSource,
  { judged, onLatest }: { judged?: JudgedDefinition; onLatest?: number } = {},
): Promise<VersionPushed> {
  authorize(ctx, "workflow:write");
  const checked = judged ?? (await judgeDefinition(ctx, source));
  return inTransaction(ctx.db, async (tx) => {
    const workflow = await lockWorkflow(tx, ctx.workspace.id, slug);
    if (!workflow) throw notFound("Workflow");
    return push(ctx, tx, workflow, checked, onLatest);
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

/** What a version may hold but should not, and what its prompts read that may be missing; at most 100. Pure. */
export function versionWarnings({ definition, pinned }: JudgedDefinition): FieldError[] {
  return [...credentialWarnings(definition), ...pinned.missing].slice(0, maxWarnings);
}

async function assertLatest(tx: Transaction, workflowId: string, expected: number): Promise<void> {
  const latest = await latestVersionNumber(tx, workflowId);
  if (latest === expected) return;
  const now = latest === null ? "The workflow has no version any more" : `The latest version is ${latest} now`;
  throw new DomainError("conflict", `${now}, not ${expected}: look at what changed, then push again.`, {
    details: { latestVersion: latest },
  });
}

async function push(
  ctx: Ctx,
  tx: Transaction,
  workflow: WorkflowRow,
  judged: JudgedDefinition,
  onLatest?: number,
): Promise<VersionPushed> {
  const { definition, contentHash, prompts } = judged;
  const same = await findVersionByHash(tx, workflow.id, contentHash);
  const warnings = versionWarnings(judged);
  const said = warnings.length > 0 ? { warnings } : {};
  if (same) return { version: same.version, contentHash, created: false, ...said };
  if (onLatest !== undefined) await assertLatest(tx, workflow.id, onLatest);
  const [refusal] = await versionRefusals(tx, ctx.workspace.id, judged);
  if (refusal) throw refusal;
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
