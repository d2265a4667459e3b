import { readJson } from "#/components/trace/run-requests.ts";
import type { NodeMappingView } from "#/lib/contract/mapping.ts";
import type { ModelView } from "#/lib/contract/model.ts";
import type { Page } from "#/lib/contract/page.ts";
import type { PromptRevisionView, PromptSummary } from "#/lib/contract/prompt.ts";
import type { WorkflowVersionDetail, WorkflowVersionSummary } from "#/lib/contract/workflow.ts";

/** What the dialog offers to choose from, read through the REST API with the person's session. */
function path(workspace: string, rest: string, query: Record<string, string> = {}): string {
  return `/api/v1${rest}?${new URLSearchParams({ workspace, ...query })}`;
}

/** All pages of a list, up to a thousand entries: more does not fit a list to choose from. */
async function readAll<T>(workspace: string, rest: string, signal: AbortSignal): Promise<T[]> {
  const all: T[] = [];
  for (let cursor: string | null = null; all.length < 1000;) {
    const query: Record<string, string> = cursor === null ? { limit: "100" } : { limit: "100", cursor };
    const page: Page<T> = await readJson<Page<T>>(path(workspace, rest, query), signal);
    all.push(...page.data);
    cursor = page.nextCursor;
    if (cursor === null) break;
  }
  return all;
}

export function readVersions(workspace: string, workflow: string, signal: AbortSignal) {
  return readAll<WorkflowVersionSummary>(workspace, `/workflows/${encodeURIComponent(workflow)}/versions`, signal);
}

export function readVersion(workspace: string, workflow: string, version: number, signal: AbortSignal) {
  return readJson<WorkflowVersionDetail>(
    path(workspace, `/workflows/${encodeURIComponent(workflow)}/versions/${version}`),
    signal,
  );
}

/** The saved mappings of a version pair that this person may use, their own private one first. */
export function readMappings(
  workspace: string,
  pair: { workflow: string; from: number; to: number },
  signal: AbortSignal,
) {
  const query = { workflow: pair.workflow, from: String(pair.from), to: String(pair.to) };
  return readJson<Page<NodeMappingView>>(path(workspace, "/node-mappings", query), signal);
}

export function readModels(workspace: string, signal: AbortSignal) {
  return readAll<ModelView>(workspace, "/models", signal);
}

export function readPrompts(workspace: string, signal: AbortSignal) {
  return readAll<PromptSummary>(workspace, "/prompts", signal);
}

/** One page of an artifact's revisions with their texts, newest first. */
export function readRevisions(workspace: string, artifactId: string, cursor: string | null, signal: AbortSignal) {
  const query: Record<string, string> = cursor === null ? { limit: "20" } : { limit: "20", cursor };
  return readJson<Page<PromptRevisionView>>(
    path(workspace, `/prompts/${encodeURIComponent(artifactId)}/revisions`, query),
    signal,
  );
}

export function readRevision(workspace: string, artifactId: string, hash: string, signal: AbortSignal) {
  return readJson<PromptRevisionView>(
    path(workspace, `/prompts/${encodeURIComponent(artifactId)}/revisions/${encodeURIComponent(hash)}`),
    signal,
  );
}
