import type { JsonObject } from "#/lib/contract/json.ts";
import type { ReplayMode } from "#/lib/contract/status.ts";
import { storedDefinition } from "#/lib/workflows/stored-definition.ts";
import { placedNodes } from "#/lib/workflows/node-walk.ts";

/** A node of a version, as the dialog offers it. */
export type VersionNode = {
  id: string;
  type: string;
  title: string | null;
  /** The map node that holds it: a step of it is in an item of that map. */
  inside: string | null;
  modelRef: string | null;
  artifactId: string | null;
};

/** The nodes of a stored definition in the author's order. Pure. */
export function versionNodes(definition: JsonObject): VersionNode[] {
  return placedNodes(storedDefinition(definition)).map(({ node, inside }) => {
    const calls = node.type === "model" || node.type === "agent" ? node : null;
    return {
      id: node.id,
      type: node.type,
      title: node.title ?? null,
      inside,
      modelRef: calls?.model ?? null,
      artifactId: calls && "artifact" in calls.prompt ? calls.prompt.artifact : null,
    };
  });
}

/** The titles of the nodes that have one, by node id. */
export function titlesOf(nodes: readonly VersionNode[]): ReadonlyMap<string, string> {
  return new Map(nodes.flatMap(({ id, title }) => (title === null ? [] : [[id, title] as const])));
}

/** The nodes that an override concerns: those that use the artifact, or call a model. */
export function overrideCandidates(nodes: readonly VersionNode[], mode: ReplayMode, artifactId: string): VersionNode[] {
  if (mode === "prompt") return nodes.filter((node) => node.artifactId !== null && node.artifactId === artifactId);
  if (mode === "model") return nodes.filter((node) => node.modelRef !== null);
  return [];
}

/** The steps of the run itself that a replay can start from. */
export function startNodes(nodes: readonly VersionNode[]): VersionNode[] {
  return nodes.filter((node) => node.inside === null);
}

/** Whether the version has steps that others are inside of: the items of a map, the run that a workflow step starts. */
export function hasInnerSteps(nodes: readonly VersionNode[]): boolean {
  return nodes.some(({ type }) => type === "map" || type === "workflow");
}

/** Whether this is the path of a step inside of others, not the id of one of the run's own. */
export function isInnerPath(path: string): boolean {
  return /[[/]/.test(path);
}
