import { queryOptions } from "@tanstack/react-query";
import type { NodeMappingView } from "#/lib/contract/mapping.ts";
import type { ModelView } from "#/lib/contract/model.ts";
import type { Page } from "#/lib/contract/page.ts";
import type { PromptRevisionView, PromptSummary } from "#/lib/contract/prompt.ts";
import type { VersionValidated, WorkflowVersionDetail, WorkflowVersionSummary } from "#/lib/contract/workflow.ts";
import { askYaml, readJson } from "./request.ts";

function path(workspace: string, rest: string, query: Record<string, string> = {}): string {
  return `/api/v1${rest}?${new URLSearchParams({ workspace, ...query })}`;
}

/** All pages of a list, up to a thousand entries: a longer list is no use for choosing. */
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

/** What never changes is read once. */
const forGood = { staleTime: Infinity, gcTime: 600_000 };

export function versionsQuery(workspace: string, workflow: string) {
  return queryOptions({
    queryKey: ["versions", workspace, workflow],
    queryFn: ({ signal }) =>
      readAll<WorkflowVersionSummary>(workspace, `/workflows/${encodeURIComponent(workflow)}/versions`, signal),
  });
}

export function versionQuery(workspace: string, workflow: string, version: number) {
  return queryOptions({
    queryKey: ["version", workspace, workflow, version],
    queryFn: ({ signal }) =>
      readJson<WorkflowVersionDetail>(
        path(workspace, `/workflows/${encodeURIComponent(workflow)}/versions/${version}`),
        signal,
      ),
    ...forGood,
  });
}

/** What pushing this text as a version would do; `texts`: with both definitions, written alike. Changes nothing. */
export function askValidation(
  workspace: string,
  workflow: string,
  text: string,
  query: { texts?: "true" },
  signal: AbortSignal,
): Promise<VersionValidated> {
  return askYaml(path(workspace, `/workflows/${encodeURIComponent(workflow)}/versions/validate`, query), text, signal);
}

/** The saved mappings of a version pair that this person may use, their private one first; `revision` reads anew. */
export function mappingsQuery(
  workspace: string,
  pair: { workflow: string; from: number; to: number },
  revision: number,
) {
  const query = { workflow: pair.workflow, from: String(pair.from), to: String(pair.to) };
  return queryOptions({
    queryKey: ["mappings", workspace, query, revision],
    queryFn: async ({ signal }) =>
      (await readJson<Page<NodeMappingView>>(path(workspace, "/node-mappings", query), signal)).data,
  });
}

export function modelsQuery(workspace: string) {
  return queryOptions({
    queryKey: ["models", workspace],
    queryFn: ({ signal }) => readAll<ModelView>(workspace, "/models", signal),
  });
}

export function promptsQuery(workspace: string) {
  return queryOptions({
    queryKey: ["prompts", workspace],
    queryFn: ({ signal }) => readAll<PromptSummary>(workspace, "/prompts", signal),
  });
}

/** One page of an artifact's revisions with their texts, newest first. */
export function revisionsQuery(workspace: string, artifactId: string, cursor: string | null) {
  const query: Record<string, string> = cursor === null ? { limit: "20" } : { limit: "20", cursor };
  return queryOptions({
    queryKey: ["revisions", workspace, artifactId, cursor],
    queryFn: ({ signal }) =>
      readJson<Page<PromptRevisionView>>(
        path(workspace, `/prompts/${encodeURIComponent(artifactId)}/revisions`, query),
        signal,
      ),
  });
}

export function revisionQuery(workspace: string, artifactId: string, hash: string) {
  return queryOptions({
    queryKey: ["revision", workspace, artifactId, hash],
    queryFn: ({ signal }) =>
      readJson<PromptRevisionView>(
        path(workspace, `/prompts/${encodeURIComponent(artifactId)}/revisions/${encodeURIComponent(hash)}`),
        signal,
      ),
    ...forGood,
  });
}
