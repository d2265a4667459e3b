import type { ReplayDraft } from "./replay-draft.ts";

/** What the replay dialog may be opened with by an address. */
export type ReplayPreset = Partial<
  Pick<ReplayDraft, "mode" | "fromNodeId" | "targetVersion" | "artifactId" | "contentHash" | "nodeIds">
>;

const names = {
  fromNodeId: "replayFrom",
  targetVersion: "replayVersion",
  artifactId: "replayPrompt",
  contentHash: "replayHash",
  nodeIds: "replayNode",
} as const;

/** Everything of an address that opens the dialog; it goes when the page's state is written there. */
export const replayParameters: readonly string[] = ["replay", ...Object.values(names)];

/** The address of a trace with the replay dialog open on this. Pure. */
export function presetAddress(tracePath: string, preset: ReplayPreset): string {
  const search = new URLSearchParams({ replay: "1" });
  const { targetVersion, nodeIds } = preset;
  if (preset.fromNodeId) search.set(names.fromNodeId, preset.fromNodeId);
  if (typeof targetVersion === "number") search.set(names.targetVersion, String(targetVersion));
  if (preset.artifactId) search.set(names.artifactId, preset.artifactId);
  if (preset.contentHash) search.set(names.contentHash, preset.contentHash);
  for (const id of nodeIds ?? []) search.append(names.nodeIds, id);
  return `${tracePath}?${search}`;
}

/** What an address asks the dialog to open with; null when it does not ask for the dialog. Pure. */
export function presetOf(search: Pick<URLSearchParams, "get" | "getAll">): ReplayPreset | null {
  if (search.get("replay") !== "1") return null;
  const version = Number(search.get(names.targetVersion));
  const [artifactId, contentHash] = [search.get(names.artifactId), search.get(names.contentHash)];
  const nodeIds = search.getAll(names.nodeIds);
  return {
    ...(search.get(names.fromNodeId) ? { fromNodeId: search.get(names.fromNodeId) ?? "" } : {}),
    ...(Number.isSafeInteger(version) && version > 0 ? { targetVersion: version } : {}),
    ...(artifactId && contentHash ? { mode: "prompt", artifactId, contentHash } : {}),
    ...(nodeIds.length > 0 ? { nodeIds } : {}),
  };
}
