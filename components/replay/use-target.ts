"use client";

import { useMemo } from "react";
import type { NodeMappingView } from "#/lib/contract/mapping.ts";
import type { Run } from "#/lib/contract/run.ts";
import type { WorkflowVersionSummary } from "#/lib/contract/workflow.ts";
import type { TargetVersion } from "./replay-draft.ts";
import { mappingsQuery, versionQuery, versionsQuery } from "#/components/data/workspace-reads.ts";
import { useRead, type ReadState } from "#/components/data/use-read.ts";
import { versionNodes, type VersionNode } from "./version-nodes.ts";

/** The version that a choice stands for; null while it is not known. */
export function targetNumber(
  choice: TargetVersion,
  original: number | null,
  versions: readonly WorkflowVersionSummary[] | null,
): number | null {
  if (choice === "original") return original;
  return choice === "latest" ? (versions?.[0]?.version ?? null) : choice;
}

export type Target = {
  versions: ReadState<WorkflowVersionSummary[]>;
  /** The version that would run; null while it is not known. */
  version: number | null;
  crossesVersions: boolean;
  nodes: readonly VersionNode[] | null;
  sourceNodes: readonly VersionNode[] | null;
  /** The saved mappings that this person may use, their private one first. */
  mappings: ReadState<NodeMappingView[]>;
};

/** The versions of the run's workflow, the nodes of the chosen one, and the saved mapping between the two. */
export function useTarget(
  workspaceSlug: string,
  run: Pick<Run, "workflow" | "version">,
  choice: TargetVersion,
  mappingRevision: number,
): Target {
  const workflow = run.workflow.slug;
  const versions = useRead(versionsQuery(workspaceSlug, workflow));
  const version = targetNumber(choice, run.version, versions.data);
  const crossesVersions = version !== null && run.version !== null && version !== run.version;
  const target = useVersionNodes(workspaceSlug, workflow, version);
  const source = useVersionNodes(workspaceSlug, workflow, crossesVersions ? run.version : null);
  const pair = { workflow, from: run.version ?? 0, to: version ?? 0 };
  const mappings = useRead(mappingsQuery(workspaceSlug, pair, mappingRevision), crossesVersions);
  return {
    versions,
    version,
    crossesVersions,
    nodes: target,
    sourceNodes: crossesVersions ? source : target,
    mappings,
  };
}

/** The nodes of a version; null while they, or the version itself, are not known. */
export function useVersionNodes(
  workspaceSlug: string,
  workflow: string,
  version: number | null,
): readonly VersionNode[] | null {
  const read = useRead(versionQuery(workspaceSlug, workflow, version ?? 0), version !== null);
  const definition = read.data?.definition ?? null;
  return useMemo(() => (definition ? versionNodes(definition) : null), [definition]);
}
