import type { DbHandle } from "#/db/client.ts";
import type { ReplayRequest } from "#/lib/contract/replay.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { selectWorkflowGrants } from "#/lib/policies/grant-store.ts";
import type { MutationGrant } from "#/lib/policies/mutation-grant.ts";
import { hasPrompt, loadRevision } from "#/lib/prompts/load-revision.ts";
import { revisionTexts } from "#/lib/prompts/revision-lookup.ts";
import { mappedNodeId } from "#/lib/runs/overrides.ts";
import type { RunRow } from "#/lib/runs/run-store.ts";
import type { NodeNow } from "#/lib/runs/step-tree.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { selectToolsOf } from "#/lib/tools/store.ts";
import type { WorkspaceTool } from "#/lib/tools/tool-source.ts";
import type { WorkflowDefinition } from "#/lib/workflows/definition.ts";
import { promptRefs } from "#/lib/workflows/prompt-nodes.ts";
import { placedSources } from "#/lib/workflows/tool-calls.ts";
import type { VersionRow } from "#/lib/workflows/version-store.ts";
import { chooseChanges, type Changes } from "./choose-changes.ts";
import { chooseMapping } from "./choose-mapping.ts";
import { loadInnerWorkflows, type InnerRefusal, type InnerWorkflow } from "./inner-workflows.ts";
import { loadStart, type StartLevel } from "./load-start.ts";
import { loadSourceFacts, type SourceFacts } from "./source-facts.ts";

type PromptFact = { artifactKnown: boolean; revision: "found" | "unknown" | "altered" };

/** Everything that decides a replay: the source's facts, and what the chosen mapping and changes lead to. */
export type ReplayFacts = SourceFacts & {
  prompt: PromptFact | null;
  /** Texts of the prompt revisions that the versions pin and the replay asks for, by `revisionKey`. */
  promptTexts: ReadonlyMap<string, string>;
  /** Mutation grants of the workflow and of those inside it, including ended ones, at the moment they were read. */
  grants: MutationGrant[];
  /** Workflows that the target version runs as steps, and the steps whose workflow cannot run. */
  inner: InnerWorkflow[];
  innerRefusals: InnerRefusal[];
  /** Lengths of the lists of the maps on the way to the step that the replay starts from, by span id. */
  lengths: ReadonlyMap<string, number>;
  /** The runs inside on the way to that step, from outside to inside. */
  inside: StartLevel[];
  /** The workspace's current tools behind the calls of all of these. */
  tools: WorkspaceTool[];
};

/**
 * Loads the facts: first those of the source, then what the replay would use under the mapping and changes that follow
 * from them. Throws as `loadSourceFacts` does.
 */
export async function loadReplayFacts(
  ctx: Ctx,
  db: DbHandle,
  runId: string,
  request: ReplayRequest,
): Promise<ReplayFacts> {
  const workspaceId = ctx.workspace.id;
  const facts = await loadSourceFacts(ctx, db, runId, request);
  const nodeMapping = chooseMapping(facts, request).pairs;
  const changes = chooseChanges(request, facts.sourceChanges);
  const { source: run, targetVersion: version, spans } = facts;
  const nodeNow: NodeNow = (nodeThen) => mappedNodeId(nodeThen, { nodeMapping });
  const start = await loadStart(db, { run, version, spans, nodeNow }, request);
  const [own, ...inside] = start;
  const [prompt, workflows] = await Promise.all([
    promptFact(db, workspaceId, changes.prompt),
    loadInside(db, workspaceId, facts, { nodeNow, start }, changes.prompt),
  ]);
  return { ...facts, prompt, lengths: own?.lengths ?? new Map(), inside, ...workflows };
}

/** The workflows that would run as steps, with the tools, grants and prompt texts of all. */
async function loadInside(
  db: DbHandle,
  workspaceId: string,
  facts: SourceFacts,
  { nodeNow, start }: { nodeNow: NodeNow; start: StartLevel[] },
  asked: Changes["prompt"],
) {
  const { source, targetVersion } = facts;
  const { inner, refused } = targetVersion
    ? await loadInnerWorkflows(db, workspaceId, targetVersion, { runs: [source], nodeNow }, start)
    : { inner: [], refused: [] };
  const [grants, tools, promptTexts] = await Promise.all([
    innerGrants(db, source, inner),
    toolsBehind(db, workspaceId, targetVersion, inner),
    promptTextsOf(db, workspaceId, definitionsOf(targetVersion, inner), asked),
  ]);
  return { inner, innerRefusals: refused, grants: [...facts.grants, ...grants], tools, promptTexts };
}

/** Grants of the workflows inside; those of the source's own workflow are already known. */
async function innerGrants(db: DbHandle, source: RunRow, inner: readonly InnerWorkflow[]): Promise<MutationGrant[]> {
  const others = inner.map(({ workflowId }) => workflowId).filter((id) => id !== source.workflowId);
  return others.length === 0 ? [] : selectWorkflowGrants(db, source.workspaceId, others);
}

function toolsBehind(db: DbHandle, workspaceId: string, target: VersionRow | null, inner: InnerWorkflow[]) {
  const sources = definitionsOf(target, inner).flatMap((definition) =>
    placedSources(definition).map(({ source }) => source),
  );
  return selectToolsOf(db, workspaceId, sources);
}

function definitionsOf(target: VersionRow | null, inner: InnerWorkflow[]): WorkflowDefinition[] {
  return [...(target ? [target.definition] : []), ...inner.map(({ definition }) => definition)];
}

function promptTextsOf(
  db: DbHandle,
  workspaceId: string,
  definitions: WorkflowDefinition[],
  asked: Changes["prompt"],
): Promise<Map<string, string>> {
  return revisionTexts(db, workspaceId, [...definitions.flatMap(promptRefs), ...(asked ? [asked] : [])]);
}

async function promptFact(db: DbHandle, workspaceId: string, prompt: Changes["prompt"]): Promise<PromptFact | null> {
  if (!prompt) return null;
  const { artifactId, contentHash } = prompt;
  if (!(await hasPrompt(db, workspaceId, artifactId))) return { artifactKnown: false, revision: "unknown" };
  try {
    const revision = await loadRevision(db, workspaceId, artifactId, contentHash);
    return { artifactKnown: true, revision: revision ? "found" : "unknown" };
  } catch (error) {
    if (error instanceof DomainError && error.code === "prompt_hash_mismatch")
      return { artifactKnown: true, revision: "altered" };
    throw error;
  }
}
